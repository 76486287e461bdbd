import pytest

from gateway.settings.flaws import Lines

TEXT = """\
title = 1
[server]
port = 1

[[upstreams]]
name = "a"
  [upstreams.auth]
  type = "none"

[[upstreams]]
tls.verify = true
  [upstreams."tls"]
  'ca_file' = "x"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("title", 1),
        ("server", 2),
        ("server.port", 3),
        ("server.nothing", 2),
        ("upstreams[0].name", 6),
        ("upstreams[0].auth.type", 8),
        ("upstreams[0].auth.token", 7),
        ("upstreams[1]", 10),
        ("upstreams[1].name", 10),
        ("upstreams[1].tls.verify", 11),
        ("upstreams[1].tls.ca_file", 13),
        ("nowhere", None),
    ],
)
def test_a_path_has_its_line_or_that_of_the_table_around_it(path: str, line: int | None) -> None:
    assert Lines(TEXT).line(path) == line
