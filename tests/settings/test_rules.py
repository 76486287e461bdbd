from pathlib import Path
from textwrap import indent

import pytest

from gateway.settings import InvalidSettings, load

GOOD = 'name = "a"\nproduct = "kuma"\nurl = "http://a:1"\n'


def flaws(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "x.toml"
    path.write_text(text)
    try:
        load(path, {})
    except InvalidSettings as error:
        return {flaw.path: flaw.reason for flaw in error.flaws}
    return {}


def upstream(text: str) -> str:
    return f"[[upstreams]]\n{GOOD}{indent(text, '  ')}"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("kuma.example:5681", "must begin with http:// or https://"),
        ("ftp://a", "must begin with http:// or https://"),
        ("http://", "must name a host"),
        ("http://a:99999", "is not a URL"),
        ("http://[::1", "is not a URL"),
        ("http://user:pass@a", "must not carry credentials; they belong to [upstreams.auth]"),
        ("http://a?x=1", "must not have a query or a fragment"),
        ("http://a#x", "must not have a query or a fragment"),
        ("http://a b", "must not have spaces"),
        ("", "must begin with http:// or https://"),
    ],
)
def test_a_url_is_an_address_and_nothing_more(tmp_path: Path, url: str, reason: str) -> None:
    text = f'[[upstreams]]\nname = "a"\nproduct = "kuma"\nurl = "{url}"'
    assert flaws(tmp_path, text) == {"upstreams[0].url": reason}


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ('[auth]\ntype = "bearer"', "auth", "needs token or token_file or token_env"),
        ('[auth]\ntype = "basic"\nusername = "u"', "auth", "needs password or"),
        ('[auth]\ntype = "basic"\npassword = "p"', "auth", "needs username"),
        ('[auth]\ntype = "bearer"\ntoken = "t"\ntoken_env = "T"', "auth.token_env", "beside token"),
        ('[auth]\ntype = "basic"\nusername = "a:b"\npassword = "p"', "auth.username", "colon"),
        ('[auth]\ntoken = "t"', "auth.token", 'no effect while auth.type is "none"'),
        ('[auth]\ntype = "forward"\nusername = "u"', "auth.username", "no effect"),
        ('[auth]\ntype = "bearer"\ntoken = "a\\nb"', "auth.token", "no header can carry"),
        ('[auth]\ntype = "bearer"\ntoken = "a b"', "auth.token", "no header can carry"),
        ('[auth]\ntype = "bearer"\ntoken = ""', "auth.token", "is empty"),
        ('[auth]\ntype = "barer"', "auth.type", "must be one of none, bearer, basic, forward"),
        ('[auth]\ntype = "bearer"\ntoken_file = "/no/such"', "auth.token_file", "no such file"),
        ('secret_data = "forwarded"', "secret_data", 'needs auth.type "forward"'),
        ('secret_data = "all"', "secret_data", "must be one of nobody, forwarded, everybody"),
        ('[tls]\nca_file = "/"', "tls.ca_file", "is a directory"),
        ('[tls]\ncert_file = "/dev/null"', "tls.cert_file", "needs key_file"),
        ('[tls]\nkey_file = "/dev/null"', "tls.key_file", "needs cert_file"),
    ],
)
def test_a_credential_is_whole(tmp_path: Path, text: str, path: str, reason: str) -> None:
    found = flaws(tmp_path, upstream(text.replace("[", "[upstreams.", 1)))
    assert list(found) == [f"upstreams[0].{path}"]
    assert reason in found[f"upstreams[0].{path}"]


@pytest.mark.parametrize("product", ["meshery"])
def test_a_product_to_come_is_refused_and_its_own_keys_are_not_told(
    tmp_path: Path, product: str
) -> None:
    own = 'rate_limit = "1/s"\nauth.token_env = "T"'
    text = f'[[upstreams]]\nname = "a"\nproduct = "{product}"\nurl = "http://a"\n{own}'
    assert flaws(tmp_path, text) == {
        "upstreams[0].product": f"{product} is not served yet by this version"
    }


NGINX = '[[upstreams]]\nname = "edge"\nproduct = "nginx-service-mesh"\nurl = "https://a/api"\n'


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ('token = "t"', "url", "is required where anything of kubernetes is given"),
        ('url = "ftp://a"', "url", "must begin with http"),
        ('url = "http://a"\ntoken = "t"\ntoken_env = "T"', "token_env", "stands beside token"),
        ('url = "http://a"\ntoken = "a b"', "token", "no header can carry"),
        ('url = "http://a"\ntoken_env = "T"', "token_env", "which is not set"),
        ('url = "http://a"\nca_file = "/no/such"', "ca_file", "no such file"),
    ],
)
def test_a_kubernetes_api_is_whole(tmp_path: Path, text: str, path: str, reason: str) -> None:
    found = flaws(tmp_path, f"{NGINX}[upstreams.kubernetes]\n{text}")
    assert list(found) == [f"upstreams[0].kubernetes.{path}"]
    assert reason in found[f"upstreams[0].kubernetes.{path}"]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("generation", 'generation = "2.0"'),
        ("kubernetes", '[upstreams.kubernetes]\nurl = "http://a"'),
    ],
)
def test_what_is_of_one_product_is_refused_for_another(tmp_path: Path, key: str, text: str) -> None:
    found = flaws(tmp_path, upstream(text))
    assert found == {f"upstreams[0].{key}": "is of nginx-service-mesh alone"}


def test_an_unknown_product_is_refused(tmp_path: Path) -> None:
    text = '[[upstreams]]\nname = "a"\nproduct = "istio"\nurl = "http://a"'
    assert "that this version serves: kuma" in flaws(tmp_path, text)["upstreams[0].product"]


@pytest.mark.parametrize("name", ["", "1a", "a b", "ä", "a/b", "-a"])
def test_a_name_begins_with_a_letter(tmp_path: Path, name: str) -> None:
    text = f'[[upstreams]]\nname = "{name}"\nproduct = "kuma"\nurl = "http://a"'
    assert list(flaws(tmp_path, text)) == ["upstreams[0].name"]


@pytest.mark.parametrize(("one", "other"), [("a", "a"), ("a-b", "a_b"), ("A", "a")])
def test_names_and_their_variables_are_unique(tmp_path: Path, one: str, other: str) -> None:
    text = "".join(
        f'[[upstreams]]\nname = "{name}"\nproduct = "kuma"\nurl = "http://a"\n'
        for name in (one, other)
    )
    assert "must be its own" in flaws(tmp_path, text)["upstreams[1].name"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[server]\nport = 65536", "server.port"),
        ("[server]\nport = -1", "server.port"),
        ("[server]\nport = true", "server.port"),
        ('[server]\nhost = ""', "server.host"),
        ('[server]\npath = "graphql"', "server.path"),
        ('[server]\npath = "/healthz"', "server.path"),
        ('[server]\nmax_body = "0B"', "server.max_body"),
        ('[server]\ncors_origins = ["https://a/b"]', "server.cors_origins[0]"),
        ('[operations]\ndeadline = "0s"', "operations.deadline"),
        ("[operations]\npage_size = 0", "operations.page_size"),
        ("[operations]\npage_size = 2000", "operations.page_size"),
        ('[operations]\nintrospection = "authenticated"', "operations.introspection"),
        ('[logging]\nlevel = "loud"', "logging.level"),
    ],
)
def test_a_value_out_of_its_range_is_refused(tmp_path: Path, text: str, path: str) -> None:
    assert list(flaws(tmp_path, f"{text}\n{upstream('')}")) == [path]


def test_no_upstream_at_all_is_refused(tmp_path: Path) -> None:
    assert "--kuma" in flaws(tmp_path, "")["upstreams"]
