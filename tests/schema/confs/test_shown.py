"""Each property of the upstream's schema documents is in the graph, with its type."""

from typing import Any

import pytest
from graphql import GraphQLObjectType

from gateway.model.policies import TargetRef
from gateway.schema.confs.shown import shape
from gateway.upstreams.kuma.kinds import KINDS
from tests.schema.confs.documents import KINDS_OF_DOCUMENTS, document, unshown
from tests.schema.selections import SCHEMA
from tests.schema.shown import shown

TYPED = sorted(name for name, kind in KINDS.items() if kind.body)


def test_every_kind_that_is_typed_has_a_document() -> None:
    assert TYPED == KINDS_OF_DOCUMENTS
    assert len(TYPED) == 21


@pytest.mark.parametrize("kind", KINDS_OF_DOCUMENTS)
def test_no_property_of_a_document_is_missing_in_the_graph(kind: str) -> None:
    assert document(kind)
    assert unshown(kind, KINDS[kind].type_name) == []


def test_a_property_that_is_missing_would_be_named() -> None:
    assert unshown("Retry", "Timeout") == [
        *("conf.grpc.backOff", "conf.grpc.numRetries", "conf.grpc.perTryTimeout"),
        *("conf.grpc.retryOn", "conf.http.backOff", "conf.http.numRetries"),
        *("conf.http.perTryTimeout", "conf.http.retriableMethods"),
        *("conf.http.retriableStatusCodes", "conf.http.retryOn", "conf.tcp.maxConnectAttempts"),
    ]


def test_what_kinds_share_is_one_type() -> None:
    assert shape(TargetRef) is shape(TargetRef)
    policies = [SCHEMA.type_map[KINDS[kind].type_name] for kind in TYPED]
    assert all(isinstance(one, GraphQLObjectType) for one in policies)
    for name, several in {
        "InboundMatch": 4,
        "NamedMatch": 2,
        "HeaderModifier": 4,
        "BackOff": 4,
        "ConsecutiveErrors": 6,
        "ConnectionLimits": 2,
    }.items():
        assert len(_uses(name)) >= several, name


def _uses(name: str) -> list[str]:
    return [
        f"{one.name}.{key}"
        for one in SCHEMA.type_map.values()
        if isinstance(one, GraphQLObjectType)
        for key, field in one.fields.items()
        if str(field.type).strip("[]!") == name
    ]


@pytest.mark.parametrize(
    ("kind", "members", "selection", "expected"),
    [
        (
            "TrafficRoute",
            {
                "conf": {
                    "loadBalancer": {
                        "random": {},
                        "ringHash": {"minRingSize": "5000000000", "maxRingSize": 6},
                    },
                    "http": [
                        {
                            "match": {"headers": {"b": {"exact": "1"}, "a": {"prefix": "x"}}},
                            "destination": {"kuma.io/service": "web"},
                        }
                    ],
                }
            },
            """conf {
              split { weight } destination { key }
              loadBalancer { random maglev ringHash { minRingSize maxRingSize hashFunction } }
              http {
                match { headers { key value { exact prefix } } method { exact } }
                destination { key value }
              }
            }""",
            {
                "conf": {
                    "split": [],
                    "destination": [],
                    "loadBalancer": {
                        "random": True,
                        "maglev": False,
                        "ringHash": {
                            "minRingSize": "5000000000",
                            "maxRingSize": "6",
                            "hashFunction": None,
                        },
                    },
                    "http": [
                        {
                            "match": {
                                "headers": [
                                    {"key": "a", "value": {"exact": None, "prefix": "x"}},
                                    {"key": "b", "value": {"exact": "1", "prefix": None}},
                                ],
                                "method": None,
                            },
                            "destination": [{"key": "kuma.io/service", "value": "web"}],
                        }
                    ],
                }
            },
        ),
        (
            "TrafficRoute",
            {"conf": [{"weight": 90, "destination": {"service": "web"}}]},
            "conf { split { weight destination { key value } } }",
            {
                "conf": {
                    "split": [
                        {"weight": 90, "destination": [{"key": "service", "value": "web"}]},
                    ]
                }
            },
        ),
        (
            "MeshCircuitBreaker",
            {
                "spec": {
                    "from": [{"targetRef": {"kind": "Mesh"}}],
                    "rules": [
                        {
                            "matches": [{"spiffeID": {"type": "Prefix", "value": "spiffe://a"}}],
                            "default": {
                                "connectionLimits": {"maxConnections": 4294967295},
                                "outlierDetection": {
                                    "healthyPanicThreshold": "62.5",
                                    "detectors": {"successRate": {"standardDeviationFactor": 2}},
                                },
                            },
                        }
                    ],
                }
            },
            """from { targetRef { kind } default { connectionLimits { maxRetries } } }
            to { default { connectionLimits { maxRetries } } }
            rules {
              matches { spiffeID { type value } sni { value } }
              default {
                connectionLimits { maxConnections }
                outlierDetection {
                  healthyPanicThreshold detectors { successRate { standardDeviationFactor } }
                }
              }
            }""",
            {
                "from": [{"targetRef": {"kind": "Mesh"}, "default": None}],
                "to": [],
                "rules": [
                    {
                        "matches": [
                            {"spiffeID": {"type": "Prefix", "value": "spiffe://a"}, "sni": None}
                        ],
                        "default": {
                            "connectionLimits": {"maxConnections": "4294967295"},
                            "outlierDetection": {
                                "healthyPanicThreshold": 62.5,
                                "detectors": {"successRate": {"standardDeviationFactor": 2}},
                            },
                        },
                    }
                ],
            },
        ),
        (
            "MeshAccessLog",
            {
                "spec": {
                    "to": [
                        {
                            "default": {
                                "backends": [
                                    {"type": "Carrier", "openTelemetry": {"body": {"a": [1]}}}
                                ]
                            }
                        }
                    ]
                }
            },
            "to { default { backends { type openTelemetry { body } } } }",
            {
                "to": [
                    {
                        "default": {
                            "backends": [{"type": "Carrier", "openTelemetry": {"body": {"a": [1]}}}]
                        }
                    }
                ]
            },
        ),
        (
            "Retry",
            {"conf": {"http": {"retryOn": ["a_newer_word"], "numRetries": "3"}}},
            "conf { http { retryOn numRetries perTryTimeout } }",
            {
                "conf": {
                    "http": {"retryOn": ["a_newer_word"], "numRetries": 3, "perTryTimeout": None}
                }
            },
        ),
    ],
)
async def test_a_conf_is_shown_as_its_types_say(
    kind: str, members: dict[str, Any], selection: str, expected: Any
) -> None:
    assert await shown(kind, selection, **members) == expected
