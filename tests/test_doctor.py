from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec
import pytest

from gateway.doctor import Asked, Checkup, Connect, examine, examine_all
from gateway.errors import UpstreamError
from gateway.settings import AuthSettings, TlsSettings, UpstreamSettings
from gateway.symptoms import SYMPTOMS, Symptom
from gateway.upstreams import faults
from gateway.upstreams.base import Answer, Transport
from gateway.upstreams.client import Client
from gateway.upstreams.credentials import Credentials
from gateway.upstreams.nginx_service_mesh.fake import FakeNginxMesh
from tests.recorded import recording
from tests.replay import snapshot

NO_AUTH = AuthSettings()
NO_TLS = TlsSettings()
BEARER = AuthSettings(type="bearer", token="abc")
INDEX = b'{"product": "Kuma", "version": "2.14.3"}'


class Scripted:
    """A transport that answers some paths, and every other one with 404."""

    def __init__(self, answers: Mapping[str, Answer | UpstreamError]) -> None:
        self._answers = answers
        self.closed = False

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        path = urlsplit(url).path
        if "Authorization" not in headers and f"bare {path}" in self._answers:
            path = f"bare {path}"
        found = self._answers.get(path, Answer(404, {}, b"404: Page Not Found"))
        if isinstance(found, UpstreamError):
            raise found
        return found

    async def close(self) -> None:
        self.closed = True


def over(transport: Transport) -> Connect:
    def connect(settings: UpstreamSettings) -> Client:
        credentials = Credentials(settings.auth, upstream=settings.name)
        return Client(settings, transport, credentials)

    return connect


async def nginx(transport: Transport) -> Checkup:
    edge = UpstreamSettings("edge", "nginx-service-mesh", "http://mesh.example")
    return await examine(edge, over(transport))


async def test_another_product_is_told_by_its_own_discovery() -> None:
    found = await nginx(FakeNginxMesh("1.3.1").transport())
    assert found.well
    assert (found.product, found.version, found.findings) == ("nginx-service-mesh", "1.3.1", ())
    assert found.seconds is not None


@pytest.mark.parametrize(
    ("answer", "symptom"),
    [
        (Answer(404, {}, b"404 page not found"), "not-product"),
        (Answer(200, {}, b"<html>"), "not-product"),
        (Answer(401, {}, b""), "unauthenticated"),
        (Answer(403, {}, b""), "forbidden"),
        (Answer(502, {}, b""), "broken"),
        (Answer(418, {}, b""), "strange-status"),
        (faults.REFUSED.error(), "connection-refused"),
    ],
)
async def test_another_product_that_is_not_there_is_a_finding(
    answer: Answer | UpstreamError, symptom: str
) -> None:
    everywhere = dict.fromkeys(
        ("/api/config", "/apis/nsm.nginx.com/v1alpha1", "/apis/nsm.nginx.com/v1alpha2"), answer
    )
    transport = Scripted(everywhere)
    found = await nginx(transport)
    assert [one.symptom for one in found.findings] == [symptom]
    assert transport.closed


@pytest.mark.parametrize(
    ("answer", "symptom", "words"),
    [
        (Answer(302, {"nginx-management-suite-auth": "OIDC"}, b""), "unauthenticated", "OpenID"),
        (Answer(302, {"location": "/login"}, b""), "redirected", "OpenID"),
        (Answer(401, {}, b""), "unauthenticated", "OpenID"),
        (Answer(200, {}, b"<html>"), "not-json", "/api/platform/v1"),
        (Answer(502, {}, b""), "broken", "/api/platform/v1"),
        (faults.TRUNCATED.error(), "answer-truncated", "what stands between"),
        (faults.REFUSED.error(), "connection-refused", "on 443"),
    ],
)
async def test_advice_is_that_of_the_product(
    answer: Answer | UpstreamError, symptom: str, words: str
) -> None:
    paths = ("userinfo", "modules/versions", "instances", "systems")
    transport = Scripted({f"/api/platform/v1/{path}": answer for path in paths})
    url = "http://nim.example/api/platform/v1"
    fleet = UpstreamSettings("fleet", "nginx-instance-manager", url)
    [found] = (await examine(fleet, over(transport))).findings
    assert found.symptom == symptom
    assert words in found.advice
    assert "Kuma" not in f"{found.seen}{found.advice}"


def ok(body: bytes) -> Answer:
    return Answer(200, {"content-type": "application/json"}, body)


def upstream(auth: AuthSettings = NO_AUTH, tls: TlsSettings = NO_TLS) -> UpstreamSettings:
    return UpstreamSettings("prod", "kuma", "http://cp.example:5681", auth=auth, tls=tls)


async def checkup(
    answers: Mapping[str, Answer | UpstreamError],
    auth: AuthSettings = NO_AUTH,
    tls: TlsSettings = NO_TLS,
) -> Checkup:
    return await examine(upstream(auth, tls), over(Scripted(answers)))


def names(found: Checkup) -> list[str]:
    return [finding.symptom for finding in found.findings]


@pytest.mark.parametrize(
    ("version", "seen_as", "mode", "meshes"),
    [
        ("0.7.3", None, "standalone", 6),
        ("1.8.8", None, "standalone", 7),
        ("2.14.3", "mesh-system:admin", "zone", 7),
        ("3.0.0-dev", "mesh-system:admin", "zone", 5),
    ],
)
async def test_a_recorded_control_plane_tells_who_it_is_and_what_it_stores(
    version: str, seen_as: str | None, mode: str, meshes: int
) -> None:
    found = await examine(upstream(), over(snapshot(version)))
    assert found.well
    assert (found.product, found.version, found.mode) == ("Kuma", version, mode)
    assert found.seen_as == seen_as
    assert found.seconds is not None
    assert found.kinds["Mesh"] == meshes
    assert found.kinds["Dataplane"] == len(recording(version).snapshot["/dataplanes"]["items"])
    assert names(found) == (["localhost-admin"] if seen_as else [])
    assert "Secret" not in found.kinds
    assert 0 not in found.kinds.values()


async def test_a_1_1_is_asked_by_its_rows() -> None:
    found = await examine(upstream(), over(snapshot("1.1.6")))
    assert found.well
    assert found.kinds["TrafficRoute"]
    assert names(found) == []


@pytest.mark.parametrize("fault", faults.FAULTS.values(), ids=lambda fault: fault.name)
async def test_every_fault_of_a_transport_is_a_finding(fault: faults.Fault) -> None:
    found = await checkup({"/": fault.error()})
    assert not found.well
    (finding,) = found.findings
    assert finding.symptom == fault.name
    assert "{" not in finding.seen + finding.advice


@pytest.mark.parametrize(
    ("answer", "symptom"),
    [
        (Answer(200, {}, b"<!doctype html>"), "not-json"),
        (Answer(200, {}, b'{"product": "Ku'), "not-json"),
        (Answer(200, {}, b"\xff"), "not-json"),
        (Answer(200, {}, b"[]"), "not-kuma"),
        (Answer(200, {}, b'{"version": "1.2.3", "product": "Other"}'), "not-kuma"),
        (Answer(400, {}, b"Client sent an HTTP request to an HTTPS server.\n"), "plain-to-tls"),
        (Answer(302, {"location": "/login"}, b""), "redirected"),
        (Answer(401, {}, b"{}"), "unauthenticated"),
        (Answer(403, {}, b"{}"), "forbidden"),
        (Answer(404, {}, b"404 page not found"), "not-found"),
        (Answer(418, {}, b""), "strange-status"),
        (Answer(503, {}, b"upstream connect error"), "broken"),
    ],
)
async def test_a_first_answer_that_is_none_of_kuma_s_is_a_finding(
    answer: Answer, symptom: str
) -> None:
    found = await checkup({"/": answer})
    assert names(found) == [symptom]
    assert not found.well


@pytest.mark.parametrize(
    ("version", "symptoms"),
    [
        ("2.14.3", []),
        ("1.1.0", []),
        ("0.1.0", []),
        ("0.7.3", []),
        ("3.0.0-dev", []),
        ("3.1.0", ["too-new"]),
        ("0.0.0-preview.vabc1234", ["version-unknown"]),
        ("unknown", ["version-unknown"]),
    ],
)
async def test_versions_are_compared_with_what_is_served(version: str, symptoms: list[str]) -> None:
    body = msgspec.json.encode({"product": "Kuma", "version": version})
    found = await checkup({"/": ok(body)})
    assert names(found) == symptoms
    assert found.well


ADMIN = ok(b'{"name": "mesh-system:admin", "groups": ["mesh-system:admin"]}')
ANONYMOUS = ok(b'{"name": "mesh-system:anonymous", "groups": []}')


@pytest.mark.parametrize(
    ("auth", "with_token", "without", "symptoms"),
    [
        (AuthSettings(), ADMIN, ADMIN, ["localhost-admin"]),
        (AuthSettings(type="forward"), ADMIN, ADMIN, ["localhost-admin"]),
        (AuthSettings(), ANONYMOUS, ANONYMOUS, []),
        (BEARER, ADMIN, ADMIN, ["localhost-admin"]),
        (BEARER, ADMIN, ANONYMOUS, []),
        (BEARER, ANONYMOUS, ANONYMOUS, ["credential-ignored"]),
        (BEARER, Answer(401, {}, b"{}"), ANONYMOUS, ["unauthenticated"]),
    ],
)
async def test_who_we_are_taken_for_is_compared_with_what_we_showed(
    auth: AuthSettings, with_token: Answer, without: Answer, symptoms: list[str]
) -> None:
    answers = {"/": ok(INDEX), "/who-am-i": with_token, "bare /who-am-i": without}
    assert names(await checkup(answers, auth)) == symptoms


@pytest.mark.parametrize(
    ("url", "config", "symptoms"),
    [
        ("http://127.0.0.1:5681", b'{"apiServer": {"authn": {"localhostIsAdmin": true}}}', True),
        ("http://localhost:5681", b'{"apiServer": {"auth": {"allowFromLocalhost": true}}}', True),
        ("http://127.0.0.1:5681", b'{"apiServer": {"authn": {"localhostIsAdmin": false}}}', False),
        ("http://cp.example", b'{"apiServer": {"authn": {"localhostIsAdmin": true}}}', False),
    ],
)
async def test_what_does_not_say_whom_it_takes_us_for_is_judged_by_its_configuration(
    url: str, config: bytes, symptoms: bool
) -> None:
    answers = {"/": ok(b'{"tagline": "Kuma", "version": "1.8.8"}'), "/config": ok(config)}
    settings = msgspec.structs.replace(upstream(), url=url)
    found = await examine(settings, over(Scripted(answers)))
    assert names(found) == (["localhost-admin"] if symptoms else [])
    assert found.well


async def test_a_client_certificate_may_make_an_administrator() -> None:
    tls = TlsSettings(cert_file="/x", key_file="/x")
    assert names(await checkup({"/": ok(INDEX), "/who-am-i": ADMIN}, tls=tls)) == []


async def test_a_control_plane_that_lets_nobody_write_is_told() -> None:
    config = ok(b'{"mode": "zone", "apiServer": {"readOnly": true}}')
    found = await checkup({"/": ok(INDEX), "/config": config})
    assert names(found) == ["read-only"]
    assert found.well


async def test_a_kind_that_cannot_be_counted_is_told_without_a_number() -> None:
    found = await checkup({"/": ok(INDEX), "/meshes": ok(b'{"total": 3}')})
    assert found.kinds["Mesh"] == 3
    assert found.kinds["Dataplane"] is None


async def test_one_dead_upstream_does_not_hide_another() -> None:
    dead = msgspec.structs.replace(upstream(), name="dead", url="http://dead.example")

    def connect(settings: UpstreamSettings) -> Asked:
        answers: dict[str, Answer | UpstreamError] = {"/": faults.REFUSED.error()}
        script: Transport = Scripted(answers) if settings.name == "dead" else snapshot("2.14.3")
        return over(script)(settings)

    found = await examine_all((dead, upstream()), connect)
    assert [(each.name, each.well) for each in found] == [("dead", False), ("prod", True)]
    assert "5681" in found[0].findings[0].advice


async def test_its_connections_are_closed() -> None:
    transport = Scripted({"/": faults.REFUSED.error()})
    await examine(upstream(), over(transport))
    assert transport.closed


@pytest.mark.parametrize("symptom", SYMPTOMS.values(), ids=lambda symptom: symptom.name)
def test_every_symptom_has_advice(symptom: Symptom) -> None:
    words = {"host": "h", "port": 1, "seen": "s", "said": "t"}
    assert symptom.seen.format(**words)
    assert symptom.advice.format(**words)
