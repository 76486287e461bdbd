import tomllib

from gateway.settings import AuthSettings, Settings, UpstreamSettings, load, masked
from gateway.settings.shown import MASK, toml


def settings(auth: AuthSettings) -> Settings:
    return Settings(upstreams=(UpstreamSettings("a", "kuma", "http://a", auth=auth),))


def test_secrets_are_masked() -> None:
    auth = AuthSettings(type="basic", username="reader", password="s3cret")
    shown = masked(settings(auth))
    assert shown["upstreams"][0]["auth"] == {
        "type": "basic",
        "username": "reader",
        "password": MASK,
    }
    assert "s3cret" not in toml(settings(auth))


def test_a_secret_from_a_variable_is_told_by_the_variable_s_name() -> None:
    auth = AuthSettings(type="bearer", token="s3cret", token_env="KUMA_TOKEN")
    assert masked(settings(auth))["upstreams"][0]["auth"] == {
        "type": "bearer",
        "token_env": "KUMA_TOKEN",
    }


def test_numbers_are_shown_with_their_units() -> None:
    shown = masked(Settings())
    assert shown["operations"]["deadline"] == "15s"
    assert shown["server"]["max_body"] == "1MiB"


def test_what_is_shown_is_a_file_that_means_the_same(tmp_path: object) -> None:
    environ = {
        "MESHGATE_SERVER__CORS_ORIGINS": "https://a",
        "MESHGATE_UPSTREAMS__A__URL": "http://ä",
    }
    found = load(None, environ, ["http://b/\U0001f600"])
    assert tomllib.loads(toml(found)) == masked(found)
