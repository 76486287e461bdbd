"""Every field of every release's configuration is shown, typed."""

from typing import Any

import pytest

from gateway.model.nginx_service_mesh.config import LoadBalancingMethod
from gateway.schema.nginx_service_mesh.config import value
from tests.schema.selections import everything
from tests.upstreams.nginx_service_mesh.canned import BASE, INSTALLED, Canned
from tests.upstreams.nginx_service_mesh.edge import edge
from tests.upstreams.nginx_service_mesh.recorded import Case, cases, fixture

CONFIG = everything("NginxMeshConfig")
QUERY = f"{{ meshes {{ nodes {{ ... on NginxMesh {{ config {CONFIG} }} }} }} }}"


def plain(found: Any) -> Any:
    """An answer without the names of types."""
    if isinstance(found, list):
        return [plain(one) for one in found]
    if not isinstance(found, dict):
        return found
    return {key: plain(one) for key, one in found.items() if key != "__typename"}


async def shown(config: Any) -> dict[str, Any]:
    async with edge(Canned({f"{BASE}/config": config}), kubernetes=False) as asked:
        [node] = (await asked.data(QUERY))["meshes"]["nodes"]
    found: dict[str, Any] = plain(node["config"])
    return found


@pytest.mark.parametrize("case", cases("installed") + cases("installed-by-version"), ids=str)
async def test_what_a_release_installs_is_shown(case: Case) -> None:
    config = case["mesh_config"]
    found = await shown(config)
    assert found["accessControlMode"] == config["accessControlMode"].upper()
    assert found["loadBalancingMethod"] == "LEAST_TIME"
    assert found["api"] == config["api"]
    assert {one["name"]: one["port"] for one in found["proxy"]["ports"]} == config["proxy"]["ports"]
    assert found["mtls"]["mode"] == "PERMISSIVE"
    assert found["mtls"]["caTtl"] == config.get("mtls", {}).get("caTTL")
    assert found["clientMaxBodySize"] == config.get("clientMaxBodySize")
    assert found["isUdpEnabled"] == config.get("isUDPEnabled")
    assert (found["environment"] or "").lower() == config.get("environment", "")
    assert found["prometheusAddress"] == (config["prometheusAddress"] or None)
    tracing = config.get("tracing") or {}
    assert found["tracing"]["backendAddress"] == tracing.get("backendAddress")
    assert found["injection"] == config["injection"] | {"disagrees": False}
    as_it_is = ("autoInjectorPort", "namespace", "sidecarImage", "sidecarInitImage", "trustDomain")
    assert [found[name] for name in as_it_is] == [config[name] for name in as_it_is]


async def test_telemetry_is_shown_with_its_collector() -> None:
    [case] = [one for one in cases("installed") if one.name == "007-telemetry-otlp"]
    found = await shown(case["mesh_config"])
    assert found["telemetry"] == {"samplerRatio": 0.01, "otlp": {"host": "otel.svc", "port": 4317}}


async def test_a_configuration_of_next_to_nothing_is_shown() -> None:
    found = await shown({"namespace": "m", "accessControlMode": "allow", "mtls": None})
    assert found.pop("namespace") == "m"
    assert found.pop("accessControlMode") == "ALLOW"
    assert set(map(str, found.values())) == {"None"}


async def test_an_unknown_value_is_unknown_and_no_fault() -> None:
    odd = {"loadBalancingMethod": "psychic", "environment": "nomad", "mtls": {"mode": "maybe"}}
    found = await shown(INSTALLED | odd)
    assert found["loadBalancingMethod"] == found["environment"] == "UNKNOWN"
    assert found["mtls"]["mode"] == "UNKNOWN"


async def test_switches_that_disagree_are_shown_to() -> None:
    found = await shown(INSTALLED | {"isAutoInjectEnabled": False, "enabledNamespaces": ["a"]})
    assert found["injection"] == {
        "isAutoInjectEnabled": False,
        "enabledNamespaces": ["a"],
        "disabledNamespaces": [],
        "disagrees": True,
    }


@pytest.mark.parametrize("method", [one for one in LoadBalancingMethod if one.value])
def test_a_method_with_spaces_has_a_name_without(method: LoadBalancingMethod) -> None:
    assert value(LoadBalancingMethod, method.value) is method
    assert method.name == method.value.replace(" ", "_").replace("=", "_").upper()


async def test_2_0_shows_what_its_resource_has() -> None:
    newest = "/apis/nsm.nginx.com/v1alpha2"
    items = {"items": [fixture("k8s.meshconfig.get.200.json")]}
    transport = Canned({f"{newest}/meshconfigs": items})
    async with edge(transport, kubernetes=False, generation="2.0") as asked:
        [node] = (await asked.data(QUERY))["meshes"]["nodes"]
    config = node["config"]
    assert (config["loadBalancingMethod"], config["namespace"]) == ("LEAST_TIME", "nginx-mesh")
    assert (config["proxy"], config["injection"]) == (None, None)
