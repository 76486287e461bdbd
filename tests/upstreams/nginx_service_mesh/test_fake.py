"""The imitated mesh is trusted as far as the recordings and the fixtures go."""

import json
from typing import Any

import pytest
import yaml

from gateway.upstreams.nginx_service_mesh.fake import FakeNginxMesh, populate
from gateway.upstreams.nginx_service_mesh.fake.config import installed, patched, refusal
from gateway.upstreams.nginx_service_mesh.kinds import POLICIES
from tests.upstreams.nginx_service_mesh.recorded import Case, cases, fixture

BASE = "/apis/nsm.nginx.com/v1alpha1"
JSON = {"content-type": "application/json"}


async def ask(
    fake: FakeNginxMesh, method: str, path: str, body: Any = b"", **headers: str
) -> tuple[int, Any]:
    """The status and the body of an answer to a caller with a token."""
    named = {"authorization": f"Bearer {fake.token}", **headers}
    found = await fake.answer(method, path, named, body)
    text = found.body.decode()
    is_json = "json" in found.headers["content-type"]
    return found.status, json.loads(text) if is_json and text else text


@pytest.mark.parametrize("case", cases("installed-by-version"), ids=str)
def test_a_release_starts_with_what_its_chart_installs(case: Case) -> None:
    release = tuple(map(int, case["version"].removeprefix("v").split(".")))
    assert installed(release) == case["mesh_config"]  # type: ignore[arg-type]


def test_1_7_starts_with_what_its_chart_installs() -> None:
    assert installed((1, 7, 0)) == cases("installed")[0]["mesh_config"]


@pytest.mark.parametrize("case", cases("rules"), ids=str)
def test_a_configuration_is_refused_as_recorded(case: Case) -> None:
    breakers = bool(case["input"]["circuit_breakers"])
    told = refusal(case["input"]["config"], circuit_breakers=breakers)
    assert told == case["result"].get("message")


@pytest.mark.parametrize("generation", ["1.3.1", "1.7.0"])
async def test_the_document_s_examples_are_taken(generation: str) -> None:
    fake = FakeNginxMesh(generation)
    base = "/api" if generation == "1.3.1" else BASE
    for name in ("disable-autoinject-list", "replace-single", "remove-all"):
        body = json.dumps(fixture(f"config.patch.request.{name}.json")).encode()
        status, found = await ask(fake, "PATCH", f"{base}/config", body, **JSON)
        assert status == 200, found
    assert found["injection"]["enabledNamespaces"] == []
    assert found["injection"]["isAutoInjectEnabled"] is False


def test_a_patch_makes_the_configuration_of_the_document_s_example() -> None:
    [before, after] = [fixture(f"config.{verb}.200.json") for verb in ("get", "patch")]
    for item in fixture("config.patch.request.disable-autoinject-list.json"):
        before = patched(before, item["op"], item["field"])
    assert before == after


CONTRACT = [
    case
    for case in cases("contract")
    if "verdict" in case.body and case["request"]["method"] in ("GET", "HEAD", "PUT", "DELETE")
]


@pytest.mark.parametrize("case", CONTRACT, ids=str)
async def test_what_the_document_has_is_answered(case: Case) -> None:
    sent = case["request"]
    status, _ = await ask(FakeNginxMesh(), sent["method"], sent["path"])
    internal = case.name.split("-", 1)[1] in ("get-version", "get-resources")
    assert (status == 200) is (case["verdict"]["accepted"] or internal)


SHAPES = [case for case in cases("contract") if "verdict" in case.body and "-ctype-" in case.name]


@pytest.mark.parametrize("case", SHAPES, ids=str)
async def test_a_patch_of_another_type_is_refused(case: Case) -> None:
    sent = case["request"]
    headers = {key.lower(): value for key, value in sent["headers"].items()}
    status, _ = await ask(FakeNginxMesh(), "PATCH", sent["path"], sent["body"].encode(), **headers)
    assert (status == 200) is case["verdict"]["accepted"]


@pytest.mark.parametrize(
    "name",
    [
        "011-op-unknown",
        "013-op-missing",
        "015-field-missing",
        "017-field-string",
        "018-rfc6902",
        "019-merge-patch",
        "020-field-unknown",
        "021-field-readonly-namespace",
        "028-top-extra",
        "071-body-malformed",
        "073-body-string",
    ],
)
async def test_a_patch_of_another_shape_is_refused(name: str) -> None:
    [case] = [one for one in cases("contract") if one.name == name]
    assert case["verdict"]["accepted"] is False
    body = case["request"]["body"].encode()
    status, found = await ask(FakeNginxMesh(), "PATCH", f"{BASE}/config", body, **JSON)
    assert (status, found["code"]) == (400, 7892)


async def test_a_refused_list_stays_half_done() -> None:
    items = [
        {"op": "replace", "field": {"nginxLogFormat": "json"}},
        {"op": "add", "field": {"enabledNamespaces": ["a"]}},
    ]
    fake = FakeNginxMesh()
    status, found = await ask(fake, "PATCH", f"{BASE}/config", json.dumps(items).encode(), **JSON)
    assert (status, found) == (400, fixture("error.400.json"))
    assert fake.control_plane.config["nginxLogFormat"] == "json"


async def test_releases_up_to_1_2_refuse_with_500() -> None:
    body = json.dumps({"op": "replace", "field": {"tracing": {"backendAddress": ""}}}).encode()
    status, _ = await ask(FakeNginxMesh("1.2.1"), "PATCH", "/api/config", body, **JSON)
    assert status == 500


@pytest.mark.parametrize("case", [c for c in cases("client") if "inject-" in c.name], ids=str)
async def test_what_its_client_sends_is_injected(case: Case) -> None:
    for sent in case["requests"]:
        headers = {"content-type": sent["headers"]["Content-Type"]}
        status, found = await ask(
            FakeNginxMesh(), "POST", sent["path"], sent["body"].encode(), **headers
        )
        assert status == 200
        assert ("nginx-mesh-sidecar" in found) is ("kind" in sent["body"])


async def test_what_is_injected_is_as_a_later_release_injects() -> None:
    [case] = [one for one in cases("inject", "2.0.0") if one.name == "012-two-documents"]
    boundary = "b"
    form = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        f"{case['input']['file']}\r\n--b--\r\n"
    )
    media = f"multipart/form-data; boundary={boundary}"
    _, found = await ask(
        FakeNginxMesh(), "POST", f"{BASE}/inject", form.encode(), **{"content-type": media}
    )
    ours, theirs = (list(yaml.safe_load_all(one)) for one in (found, case["result"]["output"]))
    assert [one["kind"] for one in ours] == [one["kind"] for one in theirs]
    for mine, recorded in zip(ours, theirs, strict=True):
        pods = [it["spec"] if it["kind"] == "Pod" else {} for it in (mine, recorded)]
        names = [[one["name"] for one in pod.get("containers", [])] for pod in pods]
        assert names[0] == names[1]


async def test_before_1_6_a_manifest_comes_back_escaped() -> None:
    form = '--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nkind: Service\r\n--b--\r\n'
    media = {"content-type": "multipart/form-data; boundary=b"}
    answers = [
        (await ask(FakeNginxMesh(one), "POST", f"{BASE}/inject", form.encode(), **media))[1]
        for one in ("1.5.0", "1.6.0")
    ]
    assert answers == ['"---\\nkind: Service\\n"', "---\nkind: Service\n"]


@pytest.mark.parametrize("kind", [one for one in POLICIES if one.name != "TCPRoute"], ids=str)
async def test_custom_resources_are_listed_as_kubernetes_lists_them(kind: Any) -> None:
    fake = FakeNginxMesh()
    populate(fake)
    _, found = await ask(fake, "GET", f"/apis/{kind.path}")
    shown = fixture(f"k8s.{kind.path.rpartition('/')[2]}.list.200.json")
    assert found.keys() == shown.keys()
    for key in ("apiVersion", "kind"):
        assert found[key] == shown[key]
        assert found["items"][0][key] == shown["items"][0][key]
    assert found["items"][0]["spec"].keys() >= shown["items"][0]["spec"].keys() - {"matches"}


async def test_services_workloads_and_versions_have_the_shape_of_the_fixtures() -> None:
    fake = FakeNginxMesh()
    populate(fake)
    _, services = await ask(fake, "GET", f"{BASE}/services")
    assert services[0].keys() == fixture("services.get.200.json")[0].keys()
    _, workloads = await ask(fake, "GET", f"{BASE}/resources")
    assert workloads["shop"]["deployments"][0] == "catalogue-v1"
    assert (await ask(fake, "GET", f"{BASE}/version"))[1] == fixture("version.get.200.json")
    assert (await ask(fake, "GET", BASE))[1] == fixture("apiresourcelist.get.200.json")


async def test_2_0_has_its_configuration_as_a_resource() -> None:
    _, found = await ask(FakeNginxMesh("2.0.0"), "GET", "/apis/nsm.nginx.com/v1alpha2/meshconfigs")
    shown = fixture("k8s.meshconfig.get.200.json")
    [item] = found["items"]
    assert item == shown


async def test_behind_kubernetes_a_token_is_wanted() -> None:
    for path in (BASE, f"{BASE}/config", "/apis/specs.smi.nginx.com/v1alpha2/ratelimits"):
        assert (await ask(FakeNginxMesh(), "GET", path, authorization="Bearer no"))[0] == 401
    assert (await ask(FakeNginxMesh("1.3.1"), "GET", "/api/config", authorization=""))[0] == 200
