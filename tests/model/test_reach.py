import json
from typing import Any

import pytest

from gateway.model.reach import Opening, hosts, openings, split
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [
        ("web.mesh:80", "web.mesh", 80),
        ("10.0.0.1:65535", "10.0.0.1", 65535),
        ("[::1]:443", "[::1]", 443),
        ("example.com", "example.com", None),
        ("example.com:http", "example.com:http", None),
        ("example.com:", "example.com:", None),
        ("example.com:" + "9" * 400, "example.com:" + "9" * 400, None),
        ("example.com:٣", "example.com:٣", None),
        (":80", "", 80),
        ("", "", None),
    ],
)
def test_an_address_is_a_host_and_a_port_where_it_has_one(
    address: str, host: str, port: int | None
) -> None:
    assert split(address) == (host, port)


@pytest.mark.parametrize(
    ("kind", "members", "called", "ports"),
    [
        ("ServiceInsight", {"addressPort": "web.mesh:80"}, ["web.mesh"], [Opening(80)]),
        ("ServiceInsight", {}, [], []),
        (
            "ExternalService",
            {"networking": {"address": "x.example.com:443"}},
            ["x.example.com"],
            [Opening(443)],
        ),
        ("ExternalService", {"networking": {"address": "x.example.com"}}, ["x.example.com"], []),
        (
            "MeshService",
            {
                "spec": {"ports": [{"port": 80, "targetPort": 8080, "name": "web"}, {"port": 81}]},
                "status": {
                    "addresses": [
                        {"hostname": "web.mesh.local"},
                        {"hostname": "web.mesh.local"},
                        {},
                    ],
                    "vips": [{"ip": "241.0.0.1"}],
                },
            },
            ["web.mesh.local", "241.0.0.1"],
            [Opening(80, "8080", "web"), Opening(81)],
        ),
        (
            "MeshService",
            {"spec": {"ports": [{"port": 80, "targetPort": "http", "appProtocol": "http"}]}},
            [],
            [Opening(80, "http", None, "http")],
        ),
        (
            "MeshExternalService",
            {
                "spec": {
                    "match": {"type": "HostnameGenerator", "port": 9000, "protocol": "tcp"},
                    "endpoints": [{"address": "10.0.0.1", "port": 1}, {"address": "10.0.0.1"}],
                },
                "status": {"vip": {"ip": "242.0.0.1"}},
            },
            ["242.0.0.1", "10.0.0.1"],
            [Opening(9000, protocol="tcp")],
        ),
    ],
)
def test_a_service_of_any_generation_is_reached_somewhere(
    kind: str, members: dict[str, Any], called: list[str], ports: list[Opening]
) -> None:
    body = json.dumps({"name": "x", "mesh": "m", **members}).encode()
    content = responses.resource("prod", KINDS[kind], body).content
    assert hosts(content) == called
    assert openings(content) == ports
