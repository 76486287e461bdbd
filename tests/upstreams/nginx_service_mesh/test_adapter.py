"""One install, whatever generation it is of: what is asked of it, and what comes of that."""

from typing import Any

import pytest

from gateway.errors import (
    BadResponse,
    BadUserInput,
    Forbidden,
    MeshgateError,
    Unauthenticated,
    Unsupported,
    UpstreamUnavailable,
)
from gateway.model.changes import Delete
from gateway.model.nginx_service_mesh.metrics import Scope
from gateway.model.pages import Listing
from gateway.model.resources import ResourceKey
from gateway.upstreams.base import Document, Viewer
from gateway.upstreams.nginx_service_mesh.kinds import POLICIES
from tests.upstreams.nginx_service_mesh.canned import BASE, Canned, mesh, operation, said
from tests.upstreams.nginx_service_mesh.recorded import fixture

OLD = {BASE: said({"message": "Not Found"}, 404), "/api/config": fixture("config.get.200.json")}
NEWEST = "/apis/nsm.nginx.com/v1alpha2"
NEW = {
    BASE: said(b"404 page not found", 404),
    NEWEST: {"kind": "APIResourceList"},
    f"{NEWEST}/meshconfigs": {"items": [fixture("k8s.meshconfig.get.200.json")]},
}


def lists(path: str) -> dict[str, Any]:
    return {path: fixture("services.get.200.json")}


@pytest.mark.parametrize(
    ("answers", "url", "generation", "services"),
    [
        ({}, "http://a", "1.4", f"{BASE}/services"),
        ({}, f"http://a{BASE}/", "1.4", f"{BASE}/services"),
        ({}, f"http://a/proxy{BASE}", "1.4", f"/proxy{BASE}/services"),
        (OLD, "http://a", "1.3", "/api/services"),
        (OLD, "http://a/api", "1.3", "/api/services"),
    ],
)
async def test_the_generation_is_found_by_asking(
    answers: dict[str, Any], url: str, generation: str, services: str
) -> None:
    transport = Canned({**answers, services: fixture("services.get.200.json")})
    if "/proxy" in url:
        transport.answers |= {f"/proxy{key}": value for key, value in transport.answers.items()}
    adapter = mesh(transport, url=url)
    found = await adapter.control_plane(operation())
    assert found.speaks.since == generation
    assert found.mesh == "nginx-mesh"
    page = await adapter.list(Listing("edge", "Service"), operation())
    assert [row.content.name for row in page.rows] == [
        "default/reviews",
        "default/details",
        "default/productpage",
    ]
    assert transport.asked[-1] == f"GET {services}"


async def test_a_url_with_a_base_is_asked_for_that_generation_alone() -> None:
    transport = Canned(OLD)
    await mesh(transport, url="http://a/api").discover(Viewer())
    assert f"GET {BASE}" not in transport.asked


async def test_2_0_has_its_configuration_in_kubernetes_and_nothing_else() -> None:
    adapter = mesh(Canned(NEW))
    found = await adapter.control_plane(operation())
    assert (found.speaks.since, found.read_only, set(found.kinds)) == ("2.0", True, {"MeshConfig"})
    [row] = (await adapter.list(Listing("edge", "MeshConfig"), operation())).rows
    assert row.content.name == "nginx-mesh"
    assert row.content.config.method == "least_time"
    for kind in ("Service", "ProxiedResource", "Dataplane"):
        with pytest.raises(Unsupported, match=r"2\.0 has no API of its own"):
            await adapter.list(Listing("edge", kind), operation())
    with pytest.raises(Unsupported, match="change its MeshConfig resource"):
        await adapter.patch([{"op": "replace", "field": {}}], operation())
    with pytest.raises(Unsupported, match="command line client"):
        await adapter.inject("kind: Pod", (), (), operation())
    assert await adapter.components(operation()) == {}


@pytest.mark.parametrize("url", ["http://a", f"http://a{BASE}"])
async def test_a_generation_that_the_settings_name_needs_no_right_to_its_configuration(
    url: str,
) -> None:
    transport = Canned({f"{BASE}/config": said(fixture("error.403.json"), 403)})
    found = await mesh(transport, url=url, generation="1.4").control_plane(operation())
    assert (found.speaks.since, found.mesh) == ("1.4", None)
    assert set(transport.asked) == {f"GET {BASE}/config", f"GET {BASE}/version"}


@pytest.mark.parametrize("answer", [said(b"<html>"), said(b"404 page not found", 404)])
async def test_a_generation_that_the_settings_name_has_to_answer_all_the_same(answer: Any) -> None:
    with pytest.raises(BadResponse, match="not the API of NGINX Service Mesh"):
        await mesh(Canned({f"{BASE}/config": answer}), generation="1.4").control_plane(operation())


async def test_the_settings_may_say_which_generation_it_is() -> None:
    transport = Canned({**OLD, BASE: {"kind": "APIResourceList"}})
    found = await mesh(transport, generation="1.3").control_plane(operation())
    assert found.speaks.since == "1.3"
    assert f"GET {BASE}" not in transport.asked


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (said(fixture("error.403.k8s-status.json"), 403), Forbidden),
        (said(fixture("error.401.json"), 401), Unauthenticated),
        (said(b"service unavailable", 503), UpstreamUnavailable),
        (said(b"<html>log in</html>"), BadResponse),
        (said({"kind": "APIVersions"}), BadResponse),
        (said({}, 302), BadResponse),
    ],
)
async def test_what_is_no_mesh_is_not_taken_for_one(
    answer: Any, error: type[MeshgateError]
) -> None:
    with pytest.raises(error):
        await mesh(Canned({BASE: answer})).control_plane(operation())


async def test_the_version_is_what_all_components_run() -> None:
    transport = Canned({f"{BASE}/version": fixture("version.get.200.json")})
    assert (await mesh(transport).control_plane(operation())).version_text == "1.7.0"
    upgrading = {"nginx-mesh-api": ["1.7.0"], "nginx-mesh-sidecar": ["1.6.0", "1.7.0"]}
    transport = Canned({f"{BASE}/version": upgrading})
    adapter = mesh(transport)
    assert (await adapter.control_plane(operation())).version_text is None
    assert await adapter.components(operation()) == {
        "nginx-mesh-api": ("1.7.0",),
        "nginx-mesh-sidecar": ("1.6.0", "1.7.0"),
    }


async def test_what_is_internal_may_be_absent() -> None:
    adapter = mesh(Canned())
    assert await adapter.components(operation()) == {}
    with pytest.raises(Unsupported):
        await adapter.list(Listing("edge", "ProxiedResource"), operation())


async def test_without_kubernetes_there_are_no_policies_and_the_reason_is_told() -> None:
    adapter = mesh(Canned())
    found = await adapter.control_plane(operation())
    assert set(found.kinds) == {"MeshConfig", "Service", "ProxiedResource"}
    for kind in ("Policy", "RateLimit"):
        with pytest.raises(Unsupported, match="name that under kubernetes"):
            adapter.served(found, kind)
    with pytest.raises(Unsupported, match="traffic metrics are in Kubernetes"):
        await adapter.traffic(Scope(), operation())
    with pytest.raises(Unsupported, match="no kind 'Zone'"):
        adapter.served(found, "Zone")


async def test_with_kubernetes_each_kind_of_policy_is_one_list() -> None:
    answers = {
        f"/apis/{kind.path}": fixture(f"k8s.{kind.path.rpartition('/')[2]}.list.200.json")
        for kind in POLICIES
        if kind.name != "TCPRoute"
    }
    answers["/apis/specs.smi-spec.io/v1alpha3/tcproutes"] = {}
    adapter = mesh(Canned(answers), kubernetes=True)
    names = {}
    for kind in POLICIES:
        page = await adapter.list(Listing("edge", kind.name, "nginx-mesh"), operation())
        assert page.broken == ()
        names[kind.name] = [row.content.name for row in page.rows]
    assert names == {
        "CircuitBreaker": ["default/circuit-breaker-example"],
        "HTTPRouteGroup": ["default/hrg"],
        "RateLimit": ["default/ratelimit-v1"],
        "TCPRoute": [],
        "TrafficSplit": ["default/target-ts"],
        "TrafficTarget": ["default/traffic-target"],
    }


async def test_a_kind_that_kubernetes_does_not_have_is_not_to_be_had() -> None:
    with pytest.raises(Unsupported, match="has no resources of kind RateLimit"):
        await mesh(Canned(), kubernetes=True).list(Listing("edge", "RateLimit"), operation())


async def test_a_release_that_tells_no_workloads_says_so() -> None:
    with pytest.raises(Unsupported, match="does not tell which workloads"):
        await mesh(Canned()).list(Listing("edge", "ProxiedResource"), operation())


async def test_one_is_found_in_its_list() -> None:
    adapter = mesh(Canned(lists(f"{BASE}/services")))
    key = ResourceKey("edge", "Service", "nginx-mesh", "default/details")
    found = await adapter.get(key, operation(), overview=False)
    assert found is not None
    assert found.key == key
    absent = ResourceKey("edge", "Service", "nginx-mesh", "default/gone")
    assert await adapter.get(absent, operation(), overview=False) is None


async def test_one_that_may_be_unreadable_is_not_said_to_be_absent() -> None:
    adapter = mesh(Canned({f"{BASE}/services": [{"name": 5}]}))
    with pytest.raises(BadResponse):
        await adapter.get(
            ResourceKey("edge", "Service", "nginx-mesh", "x"), operation(), overview=False
        )


async def test_another_mesh_is_an_empty_one() -> None:
    adapter = mesh(Canned(lists(f"{BASE}/services")))
    page = await adapter.list(Listing("edge", "Service", "other"), operation())
    assert page.rows == ()


async def test_who_may_not_read_the_configuration_may_list_where_no_mesh_is_named() -> None:
    forbidden = said(fixture("error.403.json"), 403)
    adapter = mesh(Canned({f"{BASE}/config": forbidden, **lists(f"{BASE}/services")}))
    page = await adapter.list(Listing("edge", "Service"), operation())
    assert {row.mesh for row in page.rows} == {None}
    with pytest.raises(Forbidden):
        await adapter.list(Listing("edge", "Service", "nginx-mesh"), operation())


async def test_nothing_is_stored_or_deleted_by_name() -> None:
    with pytest.raises(Unsupported, match="patchMeshConfig"):
        await mesh(Canned()).write(
            Delete(ResourceKey("edge", "MeshConfig", None, "nginx-mesh")), operation()
        )


async def test_the_configuration_is_its_only_document() -> None:
    adapter = mesh(Canned())
    assert await adapter.document(Document.SUPPORTED_VERSIONS, operation()) is None
    assert await adapter.document(Document.CONFIGURATION, operation()) is not None


RANDOM = [{"op": "replace", "field": {"loadBalancingMethod": "random"}}]
BREAKERS = "/apis/specs.smi.nginx.com/v1alpha1/circuitbreakers"


async def test_what_its_rules_refuse_is_not_sent() -> None:
    transport = Canned({BREAKERS: fixture("k8s.circuitbreakers.list.200.json")})
    with pytest.raises(BadUserInput, match="when CircuitBreaker resources exist") as raised:
        await mesh(transport, kubernetes=True).patch(RANDOM, operation())
    assert raised.value.status is None
    assert raised.value.problem is not None
    assert not any(one.startswith("PATCH") for one in transport.asked)


@pytest.mark.parametrize("breakers", [{"items": []}, said({}, 403), said({}, 404)])
async def test_what_they_may_let_pass_is_sent(breakers: Any) -> None:
    answer = fixture("config.patch.200.json")
    transport = Canned({BREAKERS: breakers, f"PATCH {BASE}/config": answer})
    found = await mesh(transport, kubernetes=True).patch(RANDOM, operation())
    assert found.content.config.injected.enabled_namespaces == ("prod", "staging")
    assert transport.asked[-1] == f"PATCH {BASE}/config"


async def test_a_caller_who_may_patch_and_not_read_is_sent_on() -> None:
    transport = Canned(
        {
            f"GET {BASE}/config": said(fixture("error.403.json"), 403),
            f"PATCH {BASE}/config": fixture("config.patch.200.json"),
        }
    )
    assert await mesh(transport).patch(RANDOM, operation())


@pytest.mark.parametrize(
    ("answer", "error", "type"),
    [
        (said(fixture("error.400.json"), 400), BadUserInput, "nginx-service-mesh:7892"),
        # Releases up to 1.2 refused so.
        (said(fixture("error.400.json"), 500), BadUserInput, "nginx-service-mesh:7892"),
        (said(fixture("error.500.json"), 500), UpstreamUnavailable, "nginx-service-mesh:7899"),
        (said(fixture("error.403.json"), 403), Forbidden, "nginx-service-mesh:7893"),
    ],
)
async def test_what_it_refuses_comes_back_as_it_says(
    answer: Any, error: type[MeshgateError], type: str
) -> None:
    transport = Canned({f"PATCH {BASE}/config": answer})
    with pytest.raises(error) as raised:
        await mesh(transport).patch([{"op": "replace", "field": {}}], operation())
    assert raised.value.problem is not None
    assert raised.value.problem.type == type
    assert transport.asked.count(f"PATCH {BASE}/config") == 1


async def test_findings_are_kept_by_credential() -> None:
    adapter = mesh(Canned(), forward=True)
    found = await adapter.control_plane(operation("Bearer a"))
    assert adapter.known(Viewer(authorization="Bearer a")) is found
    assert adapter.known(Viewer(authorization="Bearer b")) is None
