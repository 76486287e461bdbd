"""Every request that can be sent conforms; what would not is refused with a path into the input."""

import json
from typing import Any

import pytest

from gateway.model.nginx_service_mesh import config as model
from tests.upstreams.nginx_service_mesh.canned import BASE, Canned, said
from tests.upstreams.nginx_service_mesh.edge import edge
from tests.upstreams.nginx_service_mesh.recorded import Case, cases, fixture

MUTATION = """mutation ($input: PatchMeshConfigInput!) {
  patchMeshConfig(input: $input) { clientMutationId failure { code } mesh { name } }
}"""
ENUMS = {
    "accessControlMode": model.AccessControlMode,
    "loadBalancingMethod": model.LoadBalancingMethod,
    "nginxErrorLogLevel": model.ErrorLogLevel,
    "nginxLogFormat": model.LogFormat,
    "mode": model.MtlsMode,
    "caKeyType": model.CaKeyType,
    "backend": model.TracingBackend,
}
NAMES = {"caTTL": "caTtl", "svidTTL": "svidTtl"}


def member(name: str, value: Any) -> Any:
    """A member of a wire's object as an input has it; what has no place there stays as it is."""
    if name in ENUMS and isinstance(value, str):
        return next((one.name for one in ENUMS[name] if one.value == value), value)
    return given(value) if isinstance(value, dict) else value


def given(field: Any) -> Any:
    """A wire's object as an input."""
    if not isinstance(field, dict):
        return field
    flat = {**field, **field["exporters"]} if field.get("exporters") else field
    flat = {key: value for key, value in flat.items() if key != "exporters" or not value}
    return {NAMES.get(key, key): member(key, value) for key, value in flat.items()}


def step(item: Any) -> Any:
    """A step of a patch as an input."""
    if not isinstance(item, dict):
        return item
    found = {key: value for key, value in item.items() if key not in ("op", "field")}
    if "op" in item:
        found["op"] = item["op"].upper()
    if "field" in item:
        found["field"] = given(item["field"])
    return found


class Taking(Canned):
    """An install that takes every patch and keeps what it was given."""

    def __init__(self, *, readable: bool) -> None:
        super().__init__({f"PATCH {BASE}/config": fixture("config.patch.200.json")})
        if not readable:
            self.answers[f"GET {BASE}/config"] = said(fixture("error.403.json"), 403)
        self.taken: list[Any] = []

    async def send(self, method: str, url: str, headers: Any, body: bytes | None) -> Any:
        if method == "PATCH":
            assert headers["Content-Type"] == "application/json"
            self.taken.append(json.loads(body or b""))
        return await super().send(method, url, headers, body)


async def patch(
    patches: Any, *, readable: bool = True, **more: Any
) -> tuple[dict[str, Any], list[Any]]:
    """The answer to a change, and what reached the install of it.

    A configuration that is not readable is not judged by rules, so that its shape alone counts.
    """
    transport = Taking(readable=readable)
    async with edge(transport, kubernetes=False) as graph:
        found = await graph.answer(MUTATION, input={"patches": patches, **more})
    return found, transport.taken


def wrong(found: dict[str, Any]) -> dict[str, str]:
    """What is wrong with an input, by path."""
    [error] = found["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    flaws = error["extensions"]["problem"]["invalidParameters"]
    return {one["field"]: one["reason"] for one in flaws}


BODIES = [
    case
    for case in cases("contract")
    if case["request"]["method"] == "PATCH"
    and "verdict" in case.body
    and "ctype" not in case.name
    and case.name not in ("070-body-empty", "071-body-malformed")
]
MEANT = {
    "005-list-empty": "changes nothing",
}
"""Cases that conform and that are refused all the same, for they ask for nothing."""
COERCED = ("064-namespaces-string",)
"""Cases that GraphQL mends: a value where a list is wanted is a list of one."""


@pytest.mark.parametrize("case", BODIES, ids=str)
async def test_what_conforms_is_sent_as_it_is_and_what_does_not_is_not_sent(case: Case) -> None:
    body = json.loads(case["request"]["body"])
    items = body if isinstance(body, list) else [body]
    found, taken = await patch([step(one) for one in items], readable=False, anyOperation=True)
    if case.name in MEANT:
        assert MEANT[case.name] in str(wrong(found))
        assert taken == []
    elif case.name in COERCED:
        assert taken == [[{"op": "replace", "field": {"enabledNamespaces": ["prod"]}}]]
    elif case["verdict"]["accepted"]:
        assert "errors" not in found, found
        assert taken == [items]
    else:
        assert found["errors"], body
        assert taken == []


TABLE = next(case for case in cases("contract") if "table" in case.body)["table"]
NOTHING = ("(no field at all)", "mtls (empty)", "injection (empty)", "enabledNamespaces (empty)")


@pytest.mark.parametrize("op", ["add", "remove", "replace"])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["field"])
async def test_every_field_can_be_sent_with_every_operation_on_request(row: Any, op: str) -> None:
    patches = [{"op": op.upper(), "field": given(row["value"])}]
    found, taken = await patch(patches, readable=False, anyOperation=True)
    if row["field"] in NOTHING and (op == "add" or "Namespaces" not in row["field"]):
        assert set(wrong(found).values()) <= {
            "changes nothing",
            "has nothing in it",
            "an empty list adds nothing",
        }
    else:
        assert taken == [[{"op": op, "field": row["value"]}]]


async def test_the_document_s_examples_are_sent_as_they_are() -> None:
    for name in ("disable-autoinject-list", "replace-single", "remove-all"):
        items = fixture(f"config.patch.request.{name}.json")
        items = items if isinstance(items, list) else [items]
        found, taken = await patch([step(one) for one in items], clientMutationId="m")
        assert found["data"]["patchMeshConfig"]["clientMutationId"] == "m"
        assert taken == [items]


FLAWS: list[tuple[list[dict[str, Any]], dict[str, str]]] = [
    ([], {"patches": "changes nothing"}),
    ([{"op": "REPLACE", "field": {}}], {"patches[0].field": "changes nothing"}),
    (
        [{"op": "REPLACE", "field": {"accessControlMode": None}}],
        {"patches[0].field": "changes nothing"},
    ),
    (
        [{"op": "REPLACE", "field": {"clientMaxBodySize": "8mb"}}],
        {"patches[0].field.clientMaxBodySize": "must be a size such as 1m or 64k, not '8mb'"},
    ),
    (
        [{"op": "REPLACE", "field": {"clientMaxBodySize": "1m\n"}}],
        {"patches[0].field.clientMaxBodySize": "must be a size such as 1m or 64k, not '1m\\n'"},
    ),
    (
        [{"op": "REPLACE", "field": {"loadBalancingMethod": "UNKNOWN"}}],
        {
            "patches[0].field.loadBalancingMethod": "must be a value that the mesh knows, and "
            "UNKNOWN is none"
        },
    ),
    (
        [
            {"op": "REPLACE", "field": {"nginxLogFormat": "JSON"}},
            {"op": "REPLACE", "field": {"telemetry": {"otlp": {"host": " ", "port": 65536}}}},
        ],
        {
            "patches[1].field.telemetry.otlp.host": "must name a host",
            "patches[1].field.telemetry.otlp.port": "must be a port from 1 to 65535, not 65536",
        },
    ),
    (
        [{"op": "REPLACE", "field": {"telemetry": {"otlp": {"host": "h", "port": 0}}}}],
        {"patches[0].field.telemetry.otlp.port": "must be a port from 1 to 65535, not 0"},
    ),
    (
        [{"op": "REPLACE", "field": {"tracing": {"sampleRate": 1.5}}}],
        {"patches[0].field.tracing.sampleRate": "must be from 0 to 1, not 1.5"},
    ),
    (
        [{"op": "REPLACE", "field": {"mtls": {"caTtl": "23h", "svidTtl": "0m"}}}],
        {
            "patches[0].field.mtls.caTtl": "must be 24h or more",
            "patches[0].field.mtls.svidTtl": "must be hours or minutes such as 1h or 30m, not '0m'",
        },
    ),
    (
        # The document's own pattern is not anchored here, and would let it through.
        [{"op": "REPLACE", "field": {"mtls": {"caTtl": "1000000hours"}}}],
        {"patches[0].field.mtls.caTtl": "must be hours from 24h to 999999h, not '1000000hours'"},
    ),
    (
        [{"op": "REPLACE", "field": {"mtls": {}}}],
        {"patches[0].field.mtls": "has nothing in it"},
    ),
    (
        [{"op": "ADD", "field": {"enabledNamespaces": ["prod", "Not A Name"]}}],
        {"patches[0].field.enabledNamespaces": "'Not A Name' cannot be the name of a namespace"},
    ),
    (
        [{"op": "ADD", "field": {"injection": {"disabledNamespaces": []}}}],
        {"patches[0].field.injection.disabledNamespaces": "an empty list adds nothing"},
    ),
    (
        [{"op": "REMOVE", "field": {"mtls": {"mode": "STRICT"}}}],
        {
            "patches[0].op": "REMOVE is documented for namespaces alone; use REPLACE for mtls.mode,"
            " or set anyOperation"
        },
    ),
    (
        [
            {"op": "REPLACE", "field": {"nginxLogFormat": "JSON"}},
            {"op": "REPLACE", "field": {"nginxLogFormat": "DEFAULT"}},
        ],
        {"patches[1].field.nginxLogFormat": "is replaced by two different values"},
    ),
    (
        [
            {"op": "ADD", "field": {"enabledNamespaces": ["a", "b"]}},
            {"op": "REMOVE", "field": {"enabledNamespaces": ["b"]}},
        ],
        {"patches[1].field.enabledNamespaces": "b is both added and removed"},
    ),
    (
        [
            {"op": "REPLACE", "field": {"isAutoInjectEnabled": True}},
            {"op": "REPLACE", "field": {"injection": {"isAutoInjectEnabled": False}}},
        ],
        {
            "patches[1].field.injection.isAutoInjectEnabled": "is replaced by two different values",
        },
    ),
    (
        [
            {"op": "REMOVE", "field": {"injection": {"enabledNamespaces": ["a"]}}},
            {"op": "ADD", "field": {"enabledNamespaces": ["a"]}},
        ],
        {"patches[1].field.enabledNamespaces": "a is both added and removed"},
    ),
    (
        [
            {
                "op": "REPLACE",
                "field": {
                    "isAutoInjectEnabled": True,
                    "injection": {"isAutoInjectEnabled": False},
                },
            }
        ],
        {
            "patches[0].field.injection.isAutoInjectEnabled": "differs from isAutoInjectEnabled "
            "beside it"
        },
    ),
]


@pytest.mark.parametrize(("patches", "flaws"), FLAWS)
async def test_what_is_wrong_is_told_by_its_path_and_nothing_is_sent(
    patches: list[dict[str, Any]], flaws: dict[str, str]
) -> None:
    found, taken = await patch(patches)
    assert wrong(found) == flaws
    assert found["data"] == {"patchMeshConfig": None}
    assert taken == []


async def test_the_same_twice_is_no_contradiction() -> None:
    twice = [{"op": "REPLACE", "field": {"nginxLogFormat": "JSON"}}] * 2
    assert len((await patch(twice))[1]) == 1


async def test_a_configuration_that_would_be_refused_is_not_asked_for() -> None:
    found, taken = await patch([{"op": "ADD", "field": {"enabledNamespaces": ["prod"]}}])
    told = "enabled namespaces should not be set when auto injection is enabled"
    assert wrong(found) == {"patches[0].field.enabledNamespaces": told}
    assert taken == []


def test_the_contract_has_cases_of_both_kinds() -> None:
    accepted = [case["verdict"]["accepted"] for case in BODIES]
    assert accepted.count(True) > 8
    assert accepted.count(False) > 25
