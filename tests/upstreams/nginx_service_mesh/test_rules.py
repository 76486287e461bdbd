"""Configurations are judged as they were recorded to be."""

from typing import Any

import pytest

from gateway.upstreams.nginx_service_mesh.rules import flaw, foreseen, listed, readings
from tests.upstreams.nginx_service_mesh.recorded import Case, cases

CASES = cases("rules")
INSTALLED = cases("installed")[0]["mesh_config"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_configuration_is_judged_as_the_mesh_judges_it(case: Case) -> None:
    given = case["input"]
    told = flaw(given["config"], circuit_breakers=bool(given["circuit_breakers"]))
    accepted = case["result"]["accepted"]
    assert (told is None) is accepted
    if not accepted:
        assert f"invalid configuration: {told}" == case["result"]["message"]


def replace(**field: Any) -> dict[str, Any]:
    return {"op": "replace", "field": field}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_patch_to_a_configuration_is_refused_only_where_that_is_refused(case: Case) -> None:
    changed = case["input"]["changed_from_installed_default"]
    breakers = bool(case["input"]["circuit_breakers"])
    told = foreseen(INSTALLED, [replace(**changed)], circuit_breakers=breakers)
    assert told is None or not case["result"]["accepted"]


ZIPKIN = {"backend": "zipkin", "backendAddress": "zipkin:9411"}
DISABLED = {"disabledNamespaces": ["a"]}
OTLP = {"exporters": {"otlp": {"host": "otel", "port": 4317}}}


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([replace(isAutoInjectEnabled=False)], None),
        ([{"op": "add", "field": {"enabledNamespaces": ["a"]}}], "enabled namespaces"),
        (
            [
                replace(isAutoInjectEnabled=False),
                {"op": "add", "field": {"enabledNamespaces": ["a"]}},
            ],
            None,
        ),
        (
            [
                replace(isAutoInjectEnabled=False, injection={"disabledNamespaces": ["a"]}),
            ],
            "disabled namespaces",
        ),
        ([replace(tracing={"backend": "zipkin"})], "backendAddress must also"),
        ([replace(tracing={"backendAddress": "zipkin:9411"})], "backend must also"),
        ([replace(tracing=ZIPKIN)], None),
        ([replace(tracing=ZIPKIN), replace(telemetry=OTLP)], "cannot both be enabled"),
        ([replace(tracing=ZIPKIN), replace(telemetry=OTLP), replace(tracing={})], None),
        ([replace(loadBalancingMethod="random two")], "cannot be random"),
        ([{"op": "remove", "field": {"loadBalancingMethod": "random"}}], None),
        # The rules read what is flat; whether a mesh keeps both in step is not known.
        ([{"op": "add", "field": {"injection": {"enabledNamespaces": ["a"]}}}], None),
    ],
)
def test_what_however_it_is_read_will_be_refused_is_foreseen(
    items: list[dict[str, Any]], words: str | None
) -> None:
    told = foreseen(INSTALLED, items, circuit_breakers=True)
    assert (told is None) if words is None else (told is not None and words in told.reason)


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ([replace(tracing=ZIPKIN), replace(telemetry=OTLP)], "patches[1].field.telemetry"),
        ([replace(telemetry=OTLP), replace(tracing=ZIPKIN)], "patches[1].field.tracing"),
        (
            [replace(nginxLogFormat="json", isAutoInjectEnabled=False, injection=DISABLED)],
            "patches[0].field.isAutoInjectEnabled",
        ),
    ],
)
def test_what_is_foreseen_names_the_place_in_the_patch(
    items: list[dict[str, Any]], field: str
) -> None:
    told = foreseen(INSTALLED, items)
    assert told is not None
    assert told.field == field


def test_a_flaw_that_was_there_before_is_of_the_patch_as_a_whole() -> None:
    broken = INSTALLED | {"tracing": {"backend": "zipkin"}}
    told = foreseen(broken, [replace(nginxLogFormat="json")])
    assert told is not None
    assert told.field == "patches"


def test_the_configuration_that_is_held_stays_as_it_is() -> None:
    before = cases("installed")[0]["mesh_config"]
    list(readings(before, [replace(mtls={"mode": "off"}, enabledNamespaces=["a"])]))
    assert before == INSTALLED


@pytest.mark.parametrize(
    ("op", "held", "given", "after"),
    [
        ("add", ["a"], ["b", "a"], ["a", "b"]),
        ("add", ["a"], [], ["a"]),
        ("remove", ["a", "b"], ["a"], ["b"]),
        ("remove", ["a", "b"], [], []),
        ("replace", ["a"], ["b"], ["b"]),
        ("replace", ["a"], [], []),
    ],
)
def test_a_list_is_changed_as_the_document_says(
    op: str, held: list[str], given: list[str], after: list[str]
) -> None:
    assert listed(op, held, given) == after
