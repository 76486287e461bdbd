from typing import Any

import pytest

from tests.schema.shown import shown


@pytest.mark.parametrize(
    ("kind", "members", "selection", "expected"),
    [
        (
            "Retry",
            {
                "sources": [{"match": {"b": "*", "a": "1"}}],
                "destinations": [{"match": {"kuma.io/service": "*"}}],
            },
            """family sources { tags { key value } }
            destinations { tags { key } } selectors { tags { key } }""",
            {
                "family": "SOURCE_DESTINATION",
                "sources": [{"tags": [{"key": "a", "value": "1"}, {"key": "b", "value": "*"}]}],
                "destinations": [{"tags": [{"key": "kuma.io/service"}]}],
                "selectors": [],
            },
        ),
        (
            "TrafficTrace",
            {"selectors": [{"match": {"a": "1"}}, {}]},
            "family selectors { tags { key } } targetRef { kind }",
            {
                "family": "SELECTOR",
                "selectors": [{"tags": [{"key": "a"}]}, {"tags": []}],
                "targetRef": None,
            },
        ),
        (
            "MeshTimeout",
            {
                "spec": {
                    "targetRef": {
                        "kind": "MeshSubset",
                        "tags": {"a": "1"},
                        "labels": {"b": "2"},
                        "proxyTypes": ["Sidecar"],
                        "sectionName": "http",
                    }
                }
            },
            """family targetRef {
              kind name namespace mesh sectionName proxyTypes tags { key } labels { key }
            }""",
            {
                "family": "TARGET_REF",
                "targetRef": {
                    "kind": "MeshSubset",
                    "name": None,
                    "namespace": None,
                    "mesh": None,
                    "sectionName": "http",
                    "proxyTypes": ["Sidecar"],
                    "tags": [{"key": "a"}],
                    "labels": [{"key": "b"}],
                },
            },
        ),
        ("MeshTimeout", {"spec": {}}, "targetRef { kind } spec", {"targetRef": None, "spec": {}}),
        ("MeshTimeout", {"spec": None}, "spec", {"spec": {}}),
        (
            "MeshTimeout",
            {"labels": {"kuma.io/policy-role": "workload-owner"}},
            "role",
            {"role": "WORKLOAD_OWNER"},
        ),
        ("MeshTimeout", {"labels": {"kuma.io/policy-role": "levitator"}}, "role", {"role": None}),
    ],
)
async def test_a_policy_says_what_it_is_for_in_the_words_of_its_family(
    kind: str, members: dict[str, Any], selection: str, expected: Any
) -> None:
    assert await shown(kind, selection, **members) == expected
