"""One shape for the configuration of every release."""

from typing import Any

import msgspec
import pytest

from gateway.model.nginx_service_mesh.config import Config, Injection, LoadBalancingMethod, MtlsMode
from tests.upstreams.nginx_service_mesh.recorded import Case, cases, fixture


def read(found: Any) -> Config:
    return msgspec.convert(found, Config)


@pytest.mark.parametrize("case", cases("installed") + cases("installed-by-version"), ids=str)
def test_every_release_says_whether_proxies_prove_who_they_are_and_whom_it_injects(
    case: Case,
) -> None:
    config = read(case["mesh_config"])
    assert config.identity is not None
    assert config.identity.mode == MtlsMode.PERMISSIVE
    assert config.method == LoadBalancingMethod.LEAST_TIME
    assert config.injected is not None
    told = case["mesh_config"]["injection"]
    assert config.injected.is_auto_inject_enabled is told["isAutoInjectEnabled"]
    assert list(config.injected.enabled_namespaces or ()) == told["enabledNamespaces"]
    assert list(config.injected.disabled_namespaces or ()) == told["disabledNamespaces"]
    assert not config.disagrees


@pytest.mark.parametrize("case", cases("installed") + cases("installed-by-version"), ids=str)
def test_no_field_of_any_release_is_without_a_place(case: Case) -> None:
    def named(found: Any, struct: Any) -> None:
        fields = {one.encode_name: one.type for one in msgspec.structs.fields(struct)}
        for key, value in found.items():
            assert key in fields, key
            inner = [it for it in getattr(fields[key], "__args__", ()) if hasattr(it, "__mro__")]
            structs = [it for it in inner if issubclass(it, msgspec.Struct)]
            if isinstance(value, dict) and structs:
                named(value, structs[0])

    named(case["mesh_config"], Config)


def test_what_stands_flat_is_shown_before_what_stands_nested() -> None:
    both = {
        "isAutoInjectEnabled": False,
        "enabledNamespaces": ["a"],
        "injection": {"isAutoInjectEnabled": True, "disabledNamespaces": ["b"]},
    }
    config = read(both)
    assert config.injected == Injection(False, ("a",), ("b",))
    assert config.disagrees


def test_what_is_said_once_does_not_disagree() -> None:
    assert not read({"isAutoInjectEnabled": False}).disagrees
    assert not read({"injection": {"isAutoInjectEnabled": True}}).disagrees
    assert read({}).injected is None


def test_the_mode_that_stands_by_itself_is_read_where_no_other_is() -> None:
    alone = read({"mtlsMode": "strict"}).identity
    assert alone is not None
    assert alone.mode == "strict"
    beside = read({"mtlsMode": "strict", "mtls": {"caTTL": "720h"}}).identity
    assert beside is not None
    assert (beside.mode, beside.ca_ttl) == ("strict", "720h")
    both = read({"mtlsMode": "strict", "mtls": {"mode": "off"}}).identity
    assert both is not None
    assert both.mode == "off"


def test_2_0_spells_the_method_in_another_way() -> None:
    spec = fixture("k8s.meshconfig.get.200.json")["spec"]
    assert read(spec).method == "least_time"
