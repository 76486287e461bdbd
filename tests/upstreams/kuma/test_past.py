import copy
import json
from typing import Any

import pytest

from gateway.errors import Unsupported
from gateway.model.changes import Apply
from gateway.model.control_planes import ControlPlane, Product
from gateway.model.resources import ResourceKey
from gateway.model.versions import parse
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma import older, past
from gateway.upstreams.kuma.kinds import KINDS
from tests.upstreams.kuma.canned import Canned, kuma, operation


def plane(version: str) -> ControlPlane:
    return ControlPlane(
        name="cp", product=Product.KUMA, version_text=version, version=parse(version)
    )


def written(kind: str, version: str, **members: Any) -> Any:
    before = copy.deepcopy(members)
    found = past.body(KINDS[kind], plane(version), members)
    assert members == before
    return found


def lacking(kind: str, version: str, **members: Any) -> dict[str, str]:
    """The paths that cannot be said, with what they need."""
    with pytest.raises(Unsupported) as raised:
        written(kind, version, **members)
    error = raised.value
    assert error.message.startswith(f"cp: of this {kind}, ")
    assert error.message.endswith(f"; this control plane is {version}")
    assert error.problem is not None
    found = {one.field: one.reason for one in error.problem.invalid_parameters}
    assert all(f"{path} {needs}" in error.message for path, needs in found.items())
    return found


WEB = {"kuma.io/service": "web", "kuma.io/protocol": "http", "env": "prod"}
OLD_WEB = {"service": "web", "protocol": "http", "env": "prod"}
SPLIT = [{"weight": 90, "destination": {"kuma.io/service": "web"}}]
BUILTIN = {"name": "ca-1", "type": "builtin"}
PROMETHEUS = {"name": "p", "type": "prometheus", "conf": {"port": 1}}
NETWORK = {
    "address": "10.0.0.1",
    "inbound": [{"port": 80, "servicePort": 8080, "tags": WEB}, {"port": 81, "servicePort": 82}],
    "outbound": [{"port": 33033, "tags": {"kuma.io/service": "db"}}],
}
WRITTEN: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("TrafficRoute", "1.2.0", {"conf": {"http": [], "split": SPLIT}}, {}),
    ("TrafficRoute", "1.1.6", {"conf": {"split": SPLIT}}, {}),
    (
        "TrafficRoute",
        "1.1.6",
        {"conf": {"destination": {"a": "b"}, "loadBalancer": {}}},
        {"conf": {"split": [{"weight": 100, "destination": {"a": "b"}}], "loadBalancer": {}}},
    ),
    ("TrafficRoute", "0.7.3", {"conf": {"split": SPLIT}}, {"conf": SPLIT}),
    ("TrafficRoute", "0.7.3", {"conf": SPLIT}, {}),
    (
        "TrafficRoute",
        "0.6.0",
        {"sources": [{"match": WEB}], "conf": {"split": SPLIT}},
        {
            "sources": [{"match": OLD_WEB}],
            "conf": [{"weight": 90, "destination": {"service": "web"}}],
        },
    ),
    ("Zone", "0.7.3", {"ingress": {"address": "a:1"}, "enabled": True}, {}),
    ("Zone", "1.1.6", {"enabled": False}, {}),
    ("TrafficLog", "0.7.3", {"sources": [{"match": WEB}]}, {}),
    ("TrafficLog", "0.6.0", {"sources": [{"match": WEB}]}, {"sources": [{"match": OLD_WEB}]}),
    ("Dataplane", "0.7.3", {"networking": NETWORK}, {}),
    (
        "Dataplane",
        "0.5.1",
        {"networking": NETWORK},
        {
            "networking": {
                **NETWORK,
                "inbound": [
                    {"port": 80, "servicePort": 8080, "tags": OLD_WEB},
                    {"port": 81, "servicePort": 82},
                ],
                "outbound": [{"port": 33033, "service": "db"}],
            }
        },
    ),
    (
        "Dataplane",
        "0.3.2",
        {"networking": NETWORK},
        {
            "networking": {
                "inbound": [
                    {"interface": "10.0.0.1:80:8080", "tags": OLD_WEB},
                    {"interface": "10.0.0.1:81:82"},
                ],
                "outbound": [{"interface": ":33033", "service": "db"}],
            }
        },
    ),
    (
        "Dataplane",
        "0.3.2",
        {"networking": {"address": "::1", "inbound": [{"port": 80, "servicePort": 81}]}},
        {"networking": {"inbound": [{"interface": "[::1]:80:81"}]}},
    ),
    ("HealthCheck", "0.6.0", {"conf": {"interval": "1s"}}, {}),
    (
        "HealthCheck",
        "0.5.1",
        {"conf": {"interval": "1s"}},
        {"conf": {"activeChecks": {"interval": "1s"}}},
    ),
    ("HealthCheck", "0.5.1", {"conf": {"passiveChecks": {}}}, {}),
    ("Mesh", "0.5.0", {"mtls": {"backends": [BUILTIN]}}, {}),
    (
        "Mesh",
        "0.4.0",
        {
            "mtls": {"enabledBackend": "ca-1", "backends": [BUILTIN]},
            "logging": {"backends": [{"name": "f", "type": "file", "conf": {"path": "/a"}}]},
            "tracing": {"backends": [{"name": "z", "type": "zipkin", "conf": {"url": "u"}}]},
            "metrics": {"enabledBackend": "p", "backends": [PROMETHEUS]},
        },
        {
            "mtls": {"enabled": True, "ca": {"builtin": {}}},
            "logging": {"backends": [{"name": "f", "file": {"path": "/a"}}]},
            "tracing": {"backends": [{"name": "z", "zipkin": {"url": "u"}}]},
            "metrics": {"prometheus": {"port": 1}},
        },
    ),
    (
        "Mesh",
        "0.4.0",
        {"mtls": {"backends": [BUILTIN]}},
        {"mtls": {"enabled": False, "ca": {"builtin": {}}}},
    ),
]


@pytest.mark.parametrize(("kind", "version", "given", "sent"), WRITTEN)
def test_a_body_is_spelled_as_its_version_reads_it(
    kind: str, version: str, given: dict[str, Any], sent: dict[str, Any]
) -> None:
    assert written(kind, version, **given) == given | sent


def test_an_inbound_that_names_no_port_of_the_workload_has_the_same() -> None:
    found = written("Dataplane", "0.3.2", networking={"address": "a", "inbound": [{"port": 80}]})
    assert found["networking"]["inbound"] == [{"interface": "a:80:80"}]


UNNAMED = {"Mesh"}
"""What comes back otherwise: its backends had no names."""


@pytest.mark.parametrize(
    ("kind", "version", "given"),
    [
        (kind, version, given)
        for kind, version, given, sent in WRITTEN
        if sent and kind not in UNNAMED and "loadBalancer" not in given.get("conf", {})
    ],
)
def test_what_is_written_in_an_old_spelling_is_read_back_as_it_was_given(
    kind: str, version: str, given: dict[str, Any]
) -> None:
    raw = json.dumps(written(kind, version, **given)).encode()
    assert json.loads(older.present(KINDS[kind], parse(version), raw) or b"") == given


LACKING: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
    ("TrafficRoute", "1.1.6", {"conf": {"http": []}}, {"conf.http": "1.2"}),
    (
        "TrafficRoute",
        "0.7.3",
        {"conf": {"http": [], "split": [], "loadBalancer": {}}},
        {"conf.http": "1.2", "conf.loadBalancer": "1.0"},
    ),
    ("Zone", "0.7.3", {"enabled": False}, {"enabled": "1.1"}),
    (
        "Dataplane",
        "0.6.0",
        {"networking": {"outbound": [{"tags": {"kuma.io/service": "db", "version": "1"}}]}},
        {"networking.outbound[0].tags": "0.7"},
    ),
    (
        "Dataplane",
        "0.3.2",
        {"networking": {"inbound": [{"port": 80, "name": "http", "health": {}}]}},
        {"networking.inbound[0].name": "0.4", "networking.inbound[0].health": "0.4"},
    ),
    (
        "Dataplane",
        "0.3.2",
        {"networking": {"advertisedAddress": "a"}},
        {"networking.advertisedAddress": "0.4"},
    ),
    ("HealthCheck", "0.5.1", {"conf": {"interval": "1s", "tcp": {}}}, {"conf.tcp": "0.6"}),
    ("Mesh", "0.4.0", {"mtls": {"backends": [BUILTIN, BUILTIN]}}, {"mtls.backends": "0.5"}),
    (
        "Mesh",
        "0.4.0",
        {"mtls": {"backends": [{"name": "v", "type": "vault"}]}},
        {"mtls.backends": "0.5"},
    ),
    (
        "Mesh",
        "0.4.0",
        {"mtls": {"enabledBackend": "b", "backends": [BUILTIN]}},
        {"mtls.backends": "0.5"},
    ),
    (
        "Mesh",
        "0.4.0",
        {"logging": {"backends": [{"name": "x", "type": "kafka"}]}},
        {"logging.backends[0].type": "0.5"},
    ),
    ("Mesh", "0.4.0", {"metrics": {"backends": [PROMETHEUS]}}, {"metrics.backends": "0.5"}),
]


@pytest.mark.parametrize(("kind", "version", "given", "needs"), LACKING)
def test_what_a_version_cannot_say_is_refused_with_the_version_that_can(
    kind: str, version: str, given: dict[str, Any], needs: dict[str, str]
) -> None:
    assert lacking(kind, version, **given) == {
        path: f"needs Kuma {since} or later" for path, since in needs.items()
    }


@pytest.mark.parametrize("version", ["1.2.0", "2.14.3", "3.0.0-dev", "unknown"])
@pytest.mark.parametrize("kind", ["TrafficRoute", "Zone", "Dataplane", "Mesh", "HealthCheck"])
def test_a_body_for_a_newer_version_is_the_one_that_was_given(kind: str, version: str) -> None:
    given = {"conf": {"http": []}, "enabled": False, "networking": NETWORK}
    assert past.body(KINDS[kind], plane(version), given) is given


async def test_a_write_to_0_x_is_in_its_spelling_and_what_it_lacks_is_not_sent() -> None:
    bodies: list[Any] = []
    transport = Canned(version="0.7.3")
    transport.answers["/meshes/m/traffic-routes/r"] = Answer(201, {}, b"")
    send = transport.send

    async def keeping(method: str, url: str, headers: Any, body: bytes | None) -> Answer:
        bodies.append(body)
        return await send(method, url, headers, body)

    transport.send = keeping  # type: ignore[method-assign]
    adapter = kuma(transport)
    key = ResourceKey("prod", "TrafficRoute", "m", "r")
    await adapter.write(Apply(key, {"conf": {"split": [{"weight": 1}]}}), operation())
    assert bodies[-1] == b'{"conf":[{"weight":1}]}'
    transport.asked.clear()
    with pytest.raises(Unsupported, match=r"conf\.http needs Kuma 1.2 or later"):
        await adapter.write(Apply(key, {"conf": {"http": []}}), operation())
    with pytest.raises(Unsupported, match=r"labels need Kuma 2\.6 or later"):
        await adapter.write(Apply(key, {"labels": {}}), operation())
    assert transport.asked == []
