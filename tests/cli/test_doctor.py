import json

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from gateway.settings import UpstreamSettings
from gateway.upstreams import faults
from gateway.upstreams.base import Answer, Transport
from tests.replay import snapshot

runner = CliRunner()


class Dead:
    async def send(self, *_: object) -> Answer:
        raise faults.REFUSED.error()

    async def close(self) -> None: ...


@pytest.fixture(autouse=True)
def _recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    def transport(settings: UpstreamSettings) -> Transport:
        return snapshot("1.8.8") if "alive" in settings.url else Dead()

    monkeypatch.setattr("gateway.cli.doctor.default_transport", transport)


def test_a_well_upstream_is_told_with_what_it_stores() -> None:
    result = runner.invoke(app, ["doctor", "--kuma", "http://alive"])
    assert result.exit_code == 0
    assert result.stdout.startswith("kuma  well  http://alive\n  is       Kuma 1.8.8, standalone\n")
    assert "Mesh=7" in result.stdout


def test_an_unwell_upstream_is_told_with_advice_and_ends_with_one() -> None:
    result = runner.invoke(app, ["doctor", "--kuma", "http://alive", "--kuma", "http://dead:1"])
    assert result.exit_code == 1
    assert "kuma-1  well" in result.stdout
    assert "kuma-2  unwell" in result.stdout
    assert "error: nothing listens on port 1 of dead\n    -> " in result.stdout


def test_json_tells_the_same() -> None:
    arguments = ["doctor", "--kuma", "http://alive", "--kuma", "http://dead", "-o", "json"]
    result = runner.invoke(app, arguments)
    assert result.exit_code == 1
    alive, dead = json.loads(result.stdout)
    assert (alive["well"], alive["version"], alive["kinds"]["Mesh"]) == (True, "1.8.8", 7)
    assert (dead["well"], dead["findings"][0]["symptom"]) == (False, "connection-refused")


def test_a_certificate_authority_that_is_none_is_a_wrong_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("MESHGATE_UPSTREAMS__KUMA__TLS__CA_FILE", __file__)
    result = runner.invoke(app, ["doctor", "--kuma", "https://alive"])
    assert result.exit_code == 2
    assert "ca_file" in result.stderr
