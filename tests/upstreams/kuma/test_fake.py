"""The fake is trusted because it answers what real control planes were recorded to answer."""

from fnmatch import fnmatch

import msgspec
import pytest

from gateway.upstreams.kuma.fake import FakeKuma
from gateway.upstreams.kuma.kinds import KINDS
from tests.recorded import Exchange, recording
from tests.upstreams.kuma import playback
from tests.upstreams.kuma.playback import VERSIONS, newest, normal, played, recorded, seeded

UNKNOWN = "this release drops fields that it does not know"
DEFAULT = "the schema's default, which the fake has no schema for"
INTERNAL = "counts rows that only a real control plane makes by itself"
STATE = "the state before it is in no snapshot"

WITHOUT: dict[tuple[str, str], tuple[str, ...]] = {
    ("0.7.3", "Dataplane"): (
        UNKNOWN,
        "networking.advertisedAddress",
        "networking.admin",
        "networking.inbound[].name",
        "networking.inbound[].state",
        "networking.inbound[].health",
        "probes",
    ),
    ("0.7.3", "HealthCheck"): (UNKNOWN, "conf.http"),
    ("1.1.6", "Dataplane"): (
        UNKNOWN,
        "networking.advertisedAddress",
        "networking.admin",
        "networking.inbound[].name",
        "networking.inbound[].state",
    ),
    ("1.1.6", "ExternalService"): (UNKNOWN, "networking.tls.serverName"),
    ("1.8.8", "Dataplane"): (UNKNOWN, "networking.inbound[].name", "networking.inbound[].state"),
    ("2.14.3", "Mesh"): (DEFAULT, "metrics.backends[].conf.tls"),
    ("2.14.3", "MeshAccessLog"): (
        DEFAULT,
        "spec.to[].default.backends[].file.format.omitEmptyValues",
    ),
    ("2.14.3", "MeshExternalService"): (
        DEFAULT,
        "spec.tls.allowRenegotiation",
        "spec.match.type",
        "spec.match.protocol",
    ),
    ("2.14.3", "MeshHTTPRoute"): (
        DEFAULT,
        "spec.to[].rules[].default.filters[].requestMirror.backendRef.weight",
    ),
    ("2.14.3", "MeshMultiZoneService"): (DEFAULT, "spec.ports[].appProtocol"),
    ("2.14.3", "MeshService"): (DEFAULT, "spec.ports[].appProtocol"),
    ("2.14.3", "MeshRetry"): (DEFAULT, "spec.to[].default.http.hostSelection[].updateFrequency"),
    ("2.14.3", "MeshTrace"): (
        DEFAULT,
        "spec.default.backends[].zipkin.traceId128bit",
        "spec.default.backends[].zipkin.apiVersion",
        "spec.default.backends[].zipkin.sharedSpanContext",
    ),
    ("2.14.3", "ProxyTemplate"): ("an empty list is left out of protobuf's JSON", "conf.resources"),
}
"""By version and kind: why, and the paths that are not compared."""
WITHOUT |= {
    ("3.0.0-dev", kind): row
    for (version, kind), row in WITHOUT.items()
    if version == "2.14.3" and KINDS[kind].until is None
}
WITHOUT |= {
    ("3.0.0-dev", "Mesh"): (UNKNOWN, "mtls", "tracing", "logging", "metrics"),
    ("3.0.0-dev", "Dataplane"): (
        UNKNOWN,
        "networking.advertisedAddress",
        "networking.inbound[].tags",
        "probes",
    ),
    ("3.0.0-dev", "MeshHealthCheck"): (UNKNOWN, "spec.to[].default.healthyPanicThreshold"),
    ("3.0.0-dev", "MeshService"): (
        UNKNOWN,
        "spec.selector.dataplaneTags",
        "spec.ports[].appProtocol",
    ),
}

STATUS_ALONE = {
    "01-system/config*": "the effective configuration of one installation",
    "01-system/*insight*": STATE,
    "05-access/*config": "the effective configuration of one installation",
    "02-kinds/MeshAccessLog/5-update": "a deprecation of one field of this kind's schema",
    "02-kinds/MeshHealthCheck/5-update": "a deprecation of one field of this kind's schema",
    "02-kinds/MeshMetric/5-update": "a deprecation of one field of this kind's schema",
}
"""Exchanges of which the body is not compared, and why."""

LEFT_OUT = {
    "01-system/gui*": "the fake serves no pages",
    "03-lists/dataplanes-size-0": "1.1.6 then answers in its store's own order",
    "04-errors/bad-duration": "the fake has no schema of confs",
    "04-errors/conflict": "one of 16 PUTs that raced each other",
    "04-errors/delete-default-mesh-get": STATE,
    "04-errors/delete-secret-in-use-0": "the fake issues no certificates",
    "04-errors/from-with-gateways-in-scope": "a rule of one kind",
    "04-errors/mesh-services-mode-bad": "the fake has no enums of Mesh",
    "04-errors/rate-limit-rules-on-mesh": "a rule of one kind",
    "04-errors/traffic-route-validation": "the rules of selectors in one release",
    "05-access/localhost-*": "to the fake no caller is local",
    "05-access/bad-token-from-localhost": "to the fake no caller is local",
    "05-access/user-token-who-am-i": "the fake knows one token",
    "05-access/localhost-not-admin/*": "another control plane than the snapshot's",
    "05-access/read-only/get": "another control plane than the snapshot's",
    "05-access/admin-*-list*": STATE,
    "05-access/admin-*-delete": STATE,
    "05-access/anonymous-mesh-delete": STATE,
    "05-access/anonymous-secret-*-existing": STATE,
    "05-access/basic-auth": STATE,
    "05-access/forwarded-*": "to the fake no caller is local",
    "07-semantics/*cors*": "the fake is no browser's",
    "07-semantics/13-*host*": STATE,
    "07-semantics/16-gzip": STATE,
    "07-semantics/28-*": STATE,
    "08-overviews/*hostname*s": "the fake generates no hostnames",
    "08-overviews/meshservice-*dataplanes*": "the fake has no dataplanes of services",
    "09-inspect/*/config*": "the fake renders no Envoy configuration",
    "09-inspect/*/*-policies": "the fake merges no policies by port",
    "09-inspect/*/*-routes": "the fake merges no policies by port",
    "09-inspect/*/*bound*": "the fake merges no policies by port",
    "09-inspect/*/policies-by-kri": "the fake merges no policies by port",
    "09-inspect/*/rules": "the fake has the rules of 2.6 alone",
    "09-inspect/policies/meshgateway-rules": "the fake has no rules of gateways",
    "08-overviews/global-insight": INTERNAL,
    "08-overviews/mesh-insight-bank-exclusive": INTERNAL,
    "08-overviews/mesh-insights": INTERNAL,
}
"""Exchanges that are not played, and why."""

EARLIER = {
    "0.7.3": (
        "03-lists/dataplanes-all-meshes",
        "03-lists/meshes-size-1",
        "03-lists/permissions-all-meshes",
        "03-lists/trailing-slash",
        "04-errors/delete-mesh-with-dataplanes",
        "04-errors/write-dataplane-insight",
        "08-overviews/insight-list",
        "08-overviews/overview-gateway-bad",
        "08-overviews/overview-list",
        "08-overviews/put-insight-dp-1-online",
        "08-overviews/put-insight-dp-2-online",
        "08-overviews/put-insight-dp-3-offline",
        "08-overviews/put-insight-dp-4-none",
    ),
    "3.0.0-dev": (
        "04-errors/path-dataplanes+insights",
        "04-errors/path-zones+insights",
    ),
    "1.1.6": (
        "08-overviews/insight-list",
        "08-overviews/mesh-insight-one",
        "08-overviews/overview-list",
        "08-overviews/service-insights",
        "08-overviews/status-zones",
        "08-overviews/zone-overview-one",
        "08-overviews/zones-insights",
    ),
}
"""Answers from before the snapshot was as it is: of 0.7.3 from when mesh page-1 was there."""
OTHERWISE = {
    ("0.7.3", "04-errors/old-service-tag"): "the rules of selectors in one release",
    ("0.7.3", "04-errors/validation"): "the rules of selectors in one release",
}
"""Exchanges of one version that are not played, and why."""

COMPARED = {"0.7.3": 172, "1.1.6": 216, "1.8.8": 276, "2.14.3": 652, "3.0.0-dev": 295}


def chosen(version: str, area: str) -> list[Exchange]:
    """The exchanges of an area that are played."""
    return [
        exchange
        for exchange in recording(version).area(area)
        if not any(fnmatch(full(exchange), pattern) for pattern in LEFT_OUT)
        and full(exchange) not in EARLIER.get(version, ())
        and (version, full(exchange)) not in OTHERWISE
    ]


def having(area: str) -> list[str]:
    """The versions with exchanges of an area."""
    return [version for version in VERSIONS if recording(version).area(area)]


def full(exchange: Exchange) -> str:
    return f"{exchange.area}/{exchange.name}"


async def assert_same(made: FakeKuma, exchange: Exchange, *, admin: bool = True) -> None:
    kind = exchange.area.rpartition("/")[2] if exchange.area.startswith("02") else ""
    without = WITHOUT.get((made.version, kind), ("",))[1:]
    bodies = not any(fnmatch(full(exchange), pattern) for pattern in STATUS_ALONE)
    said = await played(made, exchange, admin=admin)
    expected = normal(recorded(exchange), without=without, bodies=bodies)
    assert normal(said, without=without, bodies=bodies) == expected, full(exchange)


def prepare(made: FakeKuma, exchange: Exchange) -> None:
    """What a recorded request created was not there before it, and what it updated was."""
    if exchange.method != "PUT" or exchange.status not in (200, 201):
        return
    words = exchange.target.strip("/").split("/")
    mesh = words.pop(1) if words[0] == "meshes" and len(words) == 4 else None
    path, name = words[-2:]
    kind = next(kind for kind in KINDS.values() if path in (kind.path, *(kind.former_path or ())))
    if exchange.status == 201:
        made.store.delete(kind.name, mesh, name)
    elif made.store.get(kind.name, mesh, name) is None and kind.writable:
        made.put(kind.name, name, exchange.request_body, mesh)


@pytest.mark.parametrize("version", VERSIONS)
async def test_each_kind_is_written_and_read_as_recorded(version: str) -> None:
    made = playback.fake(version)
    made.put("Mesh", "mesh-1", playback.seed_of(version))
    for exchange in chosen(version, "02-kinds"):
        await assert_same(made, exchange)


@pytest.mark.parametrize("version", having("03-lists"))
async def test_lists_are_paged_and_filtered_as_recorded(version: str) -> None:
    exchanges = chosen(version, "03-lists")
    until = max(newest(exchange.body) for exchange in exchanges)
    made = seeded(recording(version), until=until)
    for exchange in exchanges:
        await assert_same(made, exchange)


@pytest.mark.parametrize("version", VERSIONS)
async def test_failures_are_worded_as_recorded(version: str) -> None:
    for exchange in chosen(version, "04-errors"):
        made = seeded(recording(version))
        prepare(made, exchange)
        admin = "X-Forwarded-For" not in exchange.request_headers
        await assert_same(made, exchange, admin=admin)


@pytest.mark.parametrize("version", having("05-access"))
async def test_access_is_granted_as_recorded(version: str) -> None:
    for exchange in chosen(version, "05-access"):
        made = seeded(recording(version), read_only="/read-only" in exchange.area)
        prepare(made, exchange)
        anonymous = "X-Forwarded-For" in exchange.request_headers and version == "2.14.3"
        admin = not anonymous or exchange.name.startswith("admin-")
        await assert_same(made, exchange, admin=admin)


@pytest.mark.parametrize("version", having("06-tokens"))
async def test_tokens_are_made_as_recorded(version: str) -> None:
    made = seeded(recording(version))
    for exchange in chosen(version, "06-tokens"):
        await assert_same(made, exchange)


@pytest.mark.parametrize("version", having("07-semantics"))
async def test_a_resource_changes_as_recorded(version: str) -> None:
    first = recording(version).one("07-semantics/02-get").body
    made = seeded(recording(version), until=f"{first['creationTime'][:-1]}")
    for exchange in chosen(version, "07-semantics"):
        prepare(made, exchange)
        await assert_same(made, exchange)


@pytest.mark.parametrize("version", VERSIONS)
async def test_overviews_and_insights_are_computed_as_recorded(version: str) -> None:
    for exchange in chosen(version, "08-overviews"):
        made = seeded(recording(version))
        prepare(made, exchange)
        await assert_same(made, exchange)


@pytest.mark.parametrize("version", ["1.8.8", "2.14.3"])
async def test_policies_and_proxies_are_inspected_as_recorded(version: str) -> None:
    made = seeded(recording(version))
    for exchange in chosen(version, "09-inspect"):
        await assert_same(made, exchange)


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_system_answers_as_recorded(version: str) -> None:
    made = playback.fake(version)
    for exchange in chosen(version, "01-system"):
        admin = "X-Forwarded-For" not in exchange.request_headers
        await assert_same(made, exchange, admin=admin)


@pytest.mark.parametrize(
    "name",
    [
        "global-create-dataplane",
        "global-create-meshservice",
        "global-create-policy",
        "global-disable-zone",
        "global-status-zones",
    ],
)
async def test_a_global_takes_writes_as_recorded(name: str) -> None:
    made = FakeKuma("2.14.3", mode="global")
    made.put("Mesh", "shop", {})
    made.put("Zone", "zone-2", {})
    await assert_same(made, recording("2.14.3").one(f"10-multizone/{name}"))


@pytest.mark.parametrize(
    "path",
    ["zones", "zones/_overview", "dataplanes/_overview", "service-insights", "meshtimeouts"],
)
async def test_a_global_shows_what_its_zones_sync_as_recorded(path: str) -> None:
    found = recording("2.14.3").snapshot_global
    made = seeded(recording("2.14.3"), of_global=True)
    exchange = recording("2.14.3").one("10-multizone/global-zones")
    asked = msgspec.structs.replace(exchange, target=f"/{path}?size=1000", body=found[f"/{path}"])
    assert normal(await played(made, asked)) == normal(recorded(asked))


@pytest.mark.parametrize("version", VERSIONS)
def test_as_many_exchanges_are_compared_as_ever(version: str) -> None:
    areas = ("01", "02", "03", "04", "05", "06", "07", "08", "09")
    named = {exchange.area.split("/")[0] for exchange in recording(version).exchanges}
    found = sum(len(chosen(version, area)) for area in sorted(named) if area[:2] in areas)
    assert found == COMPARED[version]


@pytest.mark.parametrize("pattern", sorted(LEFT_OUT) + sorted(STATUS_ALONE))
def test_every_exception_is_of_an_exchange_that_there_is(pattern: str) -> None:
    everything = [full(one) for version in VERSIONS for one in recording(version).exchanges]
    assert any(fnmatch(name, pattern) for name in everything)
