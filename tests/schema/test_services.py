from typing import Any

import pytest

from tests.graph import graph
from tests.schema.shown import shown
from tests.upstreams.kuma.canned import Canned, listed

WHOLE = """status addresses ports { port targetPort name protocol }
dataplaneCounts { total online offline }"""
PROXIES = {"connected": 3, "healthy": 2, "total": 3}


@pytest.mark.parametrize(
    ("kind", "members", "expected"),
    [
        (
            "ServiceInsight",
            {
                "status": "partially_degraded",
                "dataplanes": {"total": 2, "online": 1, "offline": 1},
                "addressPort": "web.mesh:80",
            },
            {
                "status": "PARTIALLY_DEGRADED",
                "addresses": ["web.mesh"],
                "ports": [{"port": 80, "targetPort": None, "name": None, "protocol": None}],
                "dataplaneCounts": {"total": 2, "online": 1, "offline": 1},
            },
        ),
        (
            "MeshService",
            {
                "spec": {"ports": [{"port": 80, "targetPort": 8080, "appProtocol": "http"}]},
                "status": {"vips": [{"ip": "241.0.0.1"}], "dataplaneProxies": PROXIES},
            },
            {
                "status": "PARTIALLY_DEGRADED",
                "addresses": ["241.0.0.1"],
                "ports": [{"port": 80, "targetPort": "8080", "name": None, "protocol": "http"}],
                "dataplaneCounts": {"total": 3, "online": 2, "offline": 1},
            },
        ),
        (
            "MeshExternalService",
            {"spec": {"match": {"port": 443, "protocol": "tls"}}},
            {
                "status": "NOT_AVAILABLE",
                "addresses": [],
                "ports": [{"port": 443, "targetPort": None, "name": None, "protocol": "tls"}],
                "dataplaneCounts": None,
            },
        ),
        (
            "ExternalService",
            {"networking": {"address": "[::1]:443"}},
            {
                "status": "NOT_AVAILABLE",
                "addresses": ["[::1]"],
                "ports": [{"port": 443, "targetPort": None, "name": None, "protocol": None}],
                "dataplaneCounts": None,
            },
        ),
        (
            "MeshMultiZoneService",
            {"spec": {"ports": []}},
            {"status": "UNKNOWN", "addresses": [], "ports": [], "dataplaneCounts": None},
        ),
    ],
)
async def test_services_of_every_generation_are_shown_alike(
    kind: str, members: Any, expected: Any
) -> None:
    assert await shown(kind, WHOLE, **members) == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [({}, "internal"), ({"serviceType": "gateway_builtin"}, "gateway_builtin")],
)
async def test_a_service_is_internal_where_nothing_else_is_said(
    members: Any, expected: str
) -> None:
    found = await shown("ServiceInsight", "serviceType zoneNames", **members, zones=["east"])
    assert found == {"serviceType": expected, "zoneNames": ["east"]}


DATAPLANES = """{ services { nodes {
  __typename name dataplanes { totalCount nodes { name } }
} } }"""


async def test_a_service_has_the_dataplanes_behind_it_and_one_outside_has_none() -> None:
    tags = {"kuma.io/service": "web"}
    dataplanes = [
        {"mesh": "m", "name": "web-1", "networking": {"inbound": [{"tags": tags}]}},
        {"mesh": "m", "name": "gw", "networking": {"gateway": {"tags": tags}}},
        {"mesh": "n", "name": "web-1", "networking": {"inbound": [{"tags": tags}]}},
    ]
    transport = Canned(
        {
            "/service-insights": listed([{"mesh": "m", "name": "web", "status": "online"}]),
            "/external-services": listed([{"mesh": "m", "name": "out"}]),
            "/dataplanes": listed(dataplanes),
            "/meshes/m/dataplanes": listed(dataplanes[:2]),
        },
        version="1.8.8",
    )
    async with graph({"cp": transport}) as one:
        found = await one.data(DATAPLANES)
    assert found["services"]["nodes"] == [
        {"__typename": "KumaExternalService", "name": "out", "dataplanes": None},
        {
            "__typename": "KumaService",
            "name": "web",
            "dataplanes": {"totalCount": 2, "nodes": [{"name": "gw"}, {"name": "web-1"}]},
        },
    ]
