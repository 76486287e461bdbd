from pathlib import Path

import pytest

from gateway.errors import SettingsError
from gateway.settings import AuthSettings, InvalidSettings, Settings, UpstreamSettings, load

FILE = """\
[server]
port = 9000
max_body = "64KiB"

[operations]
deadline = "1m"

[[upstreams]]
name = "prod-eu"
product = "kuma"
url = "https://kuma.example:5682/base"
timeout = "500ms"

  [upstreams.auth]
  type = "bearer"
  token_env = "KUMA_TOKEN"
"""
TOKEN = {"KUMA_TOKEN": "s3cret\n"}


def test_the_kubernetes_api_is_an_upstream_of_the_same_name(tmp_path: Path) -> None:
    path = tmp_path / "nginx.toml"
    path.write_text(
        '[[upstreams]]\nname = "edge"\nproduct = "nginx-service-mesh"\nurl = "https://a/api"\n'
        'timeout = "1s"\nauth.type = "bearer"\nauth.token = "ours"\n'
        '[upstreams.kubernetes]\nurl = "https://k"\ntoken_env = "K"\nverify = false\n'
    )
    [edge] = load(path, {"K": "theirs\n"}).upstreams
    beside = edge.beside
    assert beside is not None
    assert (beside.name, beside.url, beside.timeout) == ("edge", "https://k", 1.0)
    assert (beside.auth.type, beside.auth.token) == ("bearer", "theirs")
    assert beside.tls.verify is False
    assert beside.beside is None


@pytest.mark.parametrize(
    ("auth", "token", "shown"),
    [
        ('type = "forward"', "", AuthSettings(type="forward")),
        ('type = "forward"', 'token = "k"', AuthSettings(type="bearer", token="k")),
        ('type = "bearer"\ntoken = "m"', "", AuthSettings()),
    ],
)
def test_the_kubernetes_api_is_shown_callers_tokens_where_it_has_none_of_its_own(
    tmp_path: Path, auth: str, token: str, shown: AuthSettings
) -> None:
    path = tmp_path / "meshgate.toml"
    path.write_text(
        '[[upstreams]]\nname = "edge"\nproduct = "nginx-service-mesh"\nurl = "https://k"\n'
        f'[upstreams.auth]\n{auth}\n[upstreams.kubernetes]\nurl = "https://k"\n{token}\n'
    )
    beside = load(path, {}).upstreams[0].beside
    assert beside is not None
    assert beside.auth == shown


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "meshgate.toml"
    path.write_text(FILE)
    return path


def flaws(path: Path | None, environ: dict[str, str], *kuma: str) -> list[str]:
    with pytest.raises(InvalidSettings) as raised:
        load(path, environ, kuma)
    assert isinstance(raised.value, SettingsError)
    assert str(raised.value).splitlines() == [str(flaw) for flaw in raised.value.flaws]
    return [str(flaw).removeprefix(f"{path}:") for flaw in raised.value.flaws]


def test_a_file_is_read_with_defaults_for_the_rest(file: Path) -> None:
    settings = load(file, TOKEN)
    assert settings.server.port == 9000
    assert settings.server.max_body == 65536
    assert settings.server.host == "127.0.0.1"
    assert settings.operations.deadline == 60.0
    (upstream,) = settings.upstreams
    assert (upstream.name, upstream.timeout, upstream.retries) == ("prod-eu", 0.5, 2)


def test_a_token_is_taken_from_the_variable_that_is_named(file: Path) -> None:
    assert load(file, TOKEN).upstreams[0].auth.token == "s3cret"


def test_a_variable_stands_above_the_file(file: Path) -> None:
    environ = TOKEN | {
        "MESHGATE_SERVER__PORT": "9001",
        "MESHGATE_SERVER__GRAPHIQL": "false",
        "MESHGATE_SERVER__CORS_ORIGINS": "https://a.example, https://b.example",
        "MESHGATE_OPERATIONS__DEADLINE": "2s",
        "MESHGATE_UPSTREAMS__PROD_EU__URL": "https://other.example",
    }
    settings = load(file, environ)
    assert settings.server.port == 9001
    assert settings.server.graphiql is False
    assert settings.server.cors_origins == ("https://a.example", "https://b.example")
    assert settings.operations.deadline == 2.0
    assert settings.upstreams[0].url == "https://other.example"


def test_a_token_from_a_variable_takes_the_place_of_the_file_s(file: Path) -> None:
    auth = load(file, {"MESHGATE_UPSTREAMS__PROD_EU__AUTH__TOKEN": "other"}).upstreams[0].auth
    assert (auth.token, auth.token_env) == ("other", None)


def test_the_file_may_be_named_by_a_variable(file: Path) -> None:
    assert load(None, TOKEN | {"MESHGATE_CONFIG": str(file)}) == load(file, TOKEN)


def test_the_argument_stands_above_the_variable(file: Path) -> None:
    assert load(file, TOKEN | {"MESHGATE_CONFIG": "/nowhere"}) == load(file, TOKEN)


def test_variables_alone_can_make_an_upstream() -> None:
    settings = load(None, {"MESHGATE_UPSTREAMS__MY_MESH__URL": "http://mesh:5681"})
    assert settings == Settings(
        upstreams=(UpstreamSettings("my-mesh", "kuma", "http://mesh:5681"),)
    )


def test_first_contact_needs_a_url_alone() -> None:
    settings = load(None, {}, ["http://127.0.0.1:5681"])
    assert settings.upstreams == (UpstreamSettings("kuma", "kuma", "http://127.0.0.1:5681"),)


def test_several_urls_are_numbered_and_join_the_file(file: Path) -> None:
    settings = load(file, TOKEN, ["http://a:1", "http://b:2"])
    assert [each.name for each in settings.upstreams] == ["prod-eu", "kuma-1", "kuma-2"]


def test_a_url_does_not_take_the_name_of_another_upstream(file: Path) -> None:
    file.write_text(FILE.replace("prod-eu", "kuma"))
    names = [each.name for each in load(file, TOKEN, ["http://a:1"]).upstreams]
    assert names == ["kuma", "kuma-1"]


def test_variables_reach_what_the_command_line_names() -> None:
    environ = {
        "MESHGATE_UPSTREAMS__KUMA__AUTH__TYPE": "bearer",
        "MESHGATE_UPSTREAMS__KUMA__AUTH__TOKEN": "abc",
    }
    assert load(None, environ, ["http://a:1"]).upstreams[0].auth.token == "abc"


def test_variables_that_kubernetes_makes_for_a_service_are_left_alone() -> None:
    environ = {"MESHGATE_PORT": "tcp://10.0.0.1:80", "MESHGATE_SERVICE_HOST": "10.0.0.1"}
    assert load(None, environ, ["http://a:1"]).server.port == 8000


def test_an_unknown_variable_is_an_error() -> None:
    assert flaws(None, {"MESHGATE_SERVER__PROT": "1"}, "http://a:1") == [
        "MESHGATE_SERVER__PROT: server.prot: there is no such key; did you mean port?"
    ]


def test_a_mistyped_upstream_in_a_variable_is_an_error(file: Path) -> None:
    (flaw,) = flaws(file, TOKEN | {"MESHGATE_UPSTREAMS__PROD_UE__RETRIES": "1"})
    assert "no upstream is called prod_ue; did you mean PROD_EU?" in flaw


def test_every_flaw_is_told_at_once_with_its_line(file: Path) -> None:
    file.write_text(FILE.replace("port = 9000", "prot = 9000").replace('"500ms"', "5"))
    assert flaws(file, {}) == [
        "2: server.prot: there is no such key; did you mean port?",
        '12: upstreams[0].timeout: must be a duration above zero, such as "1m30s", not 5',
        "16: upstreams[0].auth.token_env: names the variable KUMA_TOKEN, which is not set",
    ]


def test_a_file_that_is_no_toml_is_told_with_the_line(file: Path) -> None:
    file.write_text("[server]\nport 9000\n")
    (flaw,) = flaws(file, {})
    assert flaw.startswith("2: is not TOML: ")


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.toml"
    if content is not None:
        path.write_bytes(content)
    assert len(flaws(path, {})) == 1


@pytest.mark.parametrize(
    "text",
    [
        "server = 3",
        "upstreams = 3",
        "upstreams = [3]",
        "upstreams = {}",
        "[[upstreams]]\nname = 3",
        "[[upstreams]]\nname = []\nauth = 1\ntls = []",
        "[upstreams]\nname = 'a'",
        "server.port = 1979-05-27",
        "server.cors_origins = [[]]",
        "x = {y = {z = nan}}",
    ],
)
def test_a_wrong_shape_is_an_error_and_never_a_crash(file: Path, text: str) -> None:
    file.write_text(text)
    environ = {"MESHGATE_UPSTREAMS__A__URL": "http://a:1", "MESHGATE_SERVER__PORT__X": "1"}
    assert flaws(file, environ, "http://b:2")


def test_a_secret_is_not_in_a_flaw(file: Path) -> None:
    file.write_text(FILE.replace('token_env = "KUMA_TOKEN"', "token = 31415926"))
    assert "31415926" not in "".join(flaws(file, {}))


def test_a_refused_upstream_does_not_hide_the_flaws_of_the_eleventh(file: Path) -> None:
    one = '[[upstreams]]\nname = "{}"\nproduct = "{}"\nurl = "{}"\n'
    text = "".join(
        one.format(f"u{n}", "meshery" if n == 1 else "kuma", "http://a") for n in range(11)
    )
    file.write_text(text.replace('name = "u10"', 'name = "u 10"'))
    assert [flaw.partition(": ")[2].partition(":")[0] for flaw in flaws(file, {})] == [
        "upstreams[1].product",
        "upstreams[10].name",
    ]
