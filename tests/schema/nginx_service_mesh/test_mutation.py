"""A write is answered with what holds after it, whether it was taken or not."""

import json
from typing import Any

import pytest

from gateway.errors import UpstreamTimeout
from tests.graph import graph
from tests.upstreams.nginx_service_mesh.canned import BASE, INSTALLED, Canned, said
from tests.upstreams.nginx_service_mesh.edge import edge, settings, shop
from tests.upstreams.nginx_service_mesh.recorded import cases, fixture

PATCH = """mutation ($patches: [NginxMeshConfigPatchInput!]!, $to: String) {
  patchMeshConfig(input: { controlPlane: $to, patches: $patches }) {
    failure { controlPlane code message }
    mesh { name config { nginxLogFormat injection { isAutoInjectEnabled enabledNamespaces } } }
  }
}"""
INJECT = """mutation ($manifest: String!, $in: [Int!], $out: [Int!]) {
  injectSidecar(
    input: { manifest: $manifest, ignoreIncomingPorts: $in, ignoreOutgoingPorts: $out }
  ) { manifest }
}"""
JSON_LOGS = {"op": "REPLACE", "field": {"nginxLogFormat": "JSON"}}
INFO = {"op": "REPLACE", "field": {"nginxErrorLogLevel": "INFO"}}
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n"


async def test_the_configuration_after_a_change_is_the_answer_s() -> None:
    async with edge(shop()) as asked:
        found = await asked.data(PATCH, patches=[JSON_LOGS])
        sent = [one.method for one in asked.sent()]
    assert found["patchMeshConfig"]["failure"] is None
    assert found["patchMeshConfig"]["mesh"]["config"]["nginxLogFormat"] == "JSON"
    assert sent == ["GET", "PATCH"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (said(fixture("error.400.json"), 400), "BAD_USER_INPUT"),
        (said(fixture("error.403.json"), 403), "FORBIDDEN"),
        (said(b"", 503), "UPSTREAM_UNAVAILABLE"),
        (said(b"<html>"), "UPSTREAM_BAD_RESPONSE"),
        (UpstreamTimeout("no answer"), "UPSTREAM_TIMEOUT"),
    ],
)
async def test_after_a_list_that_failed_what_holds_now_is_read_again(
    answer: Any, code: str
) -> None:
    transport = Canned({f"PATCH {BASE}/config": answer})
    async with edge(transport, kubernetes=False) as asked:
        transport.answers[f"GET {BASE}/config"] = INSTALLED | {"nginxLogFormat": "json"}
        found = await asked.answer(PATCH, patches=[JSON_LOGS, INFO])
    payload = found["data"]["patchMeshConfig"]
    assert payload["failure"]["code"] == code
    assert payload["mesh"]["config"]["nginxLogFormat"] == "JSON"
    [error] = found["errors"]
    assert error["extensions"]["code"] == code
    assert transport.asked[-2:] == [f"PATCH {BASE}/config", f"GET {BASE}/config"]


async def test_where_that_cannot_be_read_either_the_failure_is_told_all_the_same() -> None:
    gone = said(b"", 503)
    transport = Canned({f"PATCH {BASE}/config": gone})
    async with edge(transport, kubernetes=False) as asked:
        transport.answers[f"GET {BASE}/config"] = gone
        found = await asked.answer(PATCH, patches=[JSON_LOGS, INFO])
    payload = found["data"]["patchMeshConfig"]
    assert payload["mesh"] is None
    assert payload["failure"]["code"] == "UPSTREAM_UNAVAILABLE"


async def test_a_single_change_that_is_refused_is_an_error() -> None:
    transport = Canned({f"PATCH {BASE}/config": said(fixture("error.400.json"), 400)})
    async with edge(transport, kubernetes=False) as asked:
        found = await asked.answer(PATCH, patches=[JSON_LOGS])
    assert found["data"] == {"patchMeshConfig": None}
    [error] = found["errors"]
    assert error["extensions"]["problem"]["type"] == "nginx-service-mesh:7892"


@pytest.mark.parametrize(
    "answer", [said(b"{"), said(b"", 504), UpstreamTimeout("no answer")], ids=str
)
async def test_after_a_single_change_of_which_nothing_is_known_what_holds_now_is_read(
    answer: Any,
) -> None:
    transport = Canned({f"PATCH {BASE}/config": answer})
    async with edge(transport, kubernetes=False) as asked:
        transport.answers[f"GET {BASE}/config"] = INSTALLED | {"nginxLogFormat": "json"}
        found = await asked.answer(PATCH, patches=[JSON_LOGS])
    payload = found["data"]["patchMeshConfig"]
    assert payload["mesh"]["config"]["nginxLogFormat"] == "JSON"
    assert payload["failure"]["code"] == found["errors"][0]["extensions"]["code"]


async def test_a_list_that_was_not_sent_is_an_error() -> None:
    async with edge(shop()) as asked:
        enabled = {"op": "ADD", "field": {"enabledNamespaces": ["a"]}}
        found = await asked.answer(PATCH, patches=[JSON_LOGS, enabled])
        assert [one.method for one in asked.sent()] == ["GET"]
    assert found["data"] == {"patchMeshConfig": None}


async def test_a_later_read_of_the_same_document_sees_what_was_written() -> None:
    async with edge(shop()) as asked:
        found = await asked.data(
            """mutation {
              patchMeshConfig(
                input: { patches: [{ op: REPLACE, field: { nginxLogFormat: JSON } }] }
              ) { mesh { services { nodes { mesh {
                ... on NginxMesh { config { nginxLogFormat } } } } } } }
            }"""
        )
    nodes = found["patchMeshConfig"]["mesh"]["services"]["nodes"]
    assert {one["mesh"]["config"]["nginxLogFormat"] for one in nodes} == {"JSON"}


async def test_which_mesh_is_meant_has_to_be_said_where_there_are_several() -> None:
    one, other = shop(), shop()
    others = {name: settings(name) for name in ("east", "west")}
    transports = {"east": one.transport(), "west": other.transport()}
    async with graph(transports, others=others) as asked:
        found = await asked.answer(PATCH, patches=[JSON_LOGS])
        assert "name one of: east, west" in found["errors"][0]["message"]
        assert asked.sent() == []
        await asked.data(PATCH, patches=[JSON_LOGS], to="west")
    assert one.control_plane.config["nginxLogFormat"] == "default"
    assert other.control_plane.config["nginxLogFormat"] == "json"


async def test_2_0_has_no_such_writes() -> None:
    async with edge(shop("2.0.0")) as asked:
        for document, given in ((PATCH, {"patches": [INFO]}), (INJECT, {"manifest": POD})):
            found = await asked.answer(document, **given)
            assert found["errors"][0]["extensions"]["code"] == "UNSUPPORTED"


@pytest.mark.parametrize("release", ["1.2.1", "1.5.0", "1.7.0"])
async def test_a_manifest_comes_back_with_the_sidecar_in_it(release: str) -> None:
    async with edge(shop(release)) as asked:
        found = await asked.data(INJECT, manifest=POD, **{"in": [80, 90], "out": [1433]})
    manifest = found["injectSidecar"]["manifest"]
    assert manifest.startswith("---\n")
    assert "nginx-mesh-sidecar" in manifest
    assert manifest.count("'80'") == manifest.count("'1433'") == 1


async def test_a_manifest_is_sent_as_it_is() -> None:
    texts = [case["input"]["file"] for case in cases("inject", "2.0.0")]
    async with edge(shop()) as asked:
        for text in texts:
            asked.forget()
            await asked.data(INJECT, manifest=text)
            [sent] = asked.sent()
            assert sent.headers["Content-Type"].startswith("multipart/form-data; boundary=")
            assert sent.headers["Accept"] == "*/*"
            assert text.encode() in (sent.body or b"")


async def test_ports_and_manifests_are_checked_before_anything_is_sent() -> None:
    async with edge(shop()) as asked:
        ports = await asked.answer(INJECT, manifest=POD, **{"in": [80, 0], "out": [65536]})
        text = await asked.answer(INJECT, manifest="a: b: c")
        assert asked.sent() == []
    flaws = ports["errors"][0]["extensions"]["problem"]["invalidParameters"]
    assert [one["field"] for one in flaws] == ["ignoreIncomingPorts[1]", "ignoreOutgoingPorts[0]"]
    assert text["errors"][0]["message"] == "manifest is neither YAML nor JSON at line 1"


async def test_what_the_mesh_says_against_a_manifest_is_told() -> None:
    transport = Canned({f"{BASE}/inject": said(fixture("error.400.json"), 400)})
    async with edge(transport, kubernetes=False) as asked:
        found = await asked.answer(INJECT, manifest=POD)
    assert json.dumps(found["errors"][0]["extensions"]).count("7892") == 1
