import pytest

from gateway.server.negotiation import Media, negotiated

RESPONSE, JSON, HTML = "application/graphql-response+json", "application/json", "text/html"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "page", "expected"),
    [
        ("", True, Media.JSON),
        ("*/*", True, Media.JSON),
        ("application/*", True, Media.JSON),
        (JSON, True, Media.JSON),
        (RESPONSE, True, Media.RESPONSE),
        (f"{JSON}, {RESPONSE}", True, Media.RESPONSE),
        (f"{RESPONSE};q=0.5, {JSON};q=0.9", True, Media.JSON),
        (f"{RESPONSE}, {JSON};q=0.9", True, Media.RESPONSE),
        (f"{RESPONSE}, */*", True, Media.RESPONSE),
        (f"{JSON};q=0, */*", True, Media.RESPONSE),
        (f"{RESPONSE};q=0, {JSON};q=0", True, None),
        (f"{RESPONSE}; charset=utf-8", True, Media.RESPONSE),
        (f'{RESPONSE}; charset="UTF-8"', True, Media.RESPONSE),
        (f"{RESPONSE}; charset=utf-16", True, None),
        ("Application/JSON;Q=0.3", True, Media.JSON),
        (f"{JSON};q=nonsense", True, None),
        (f"{JSON};q=7", True, Media.JSON),
        (", ,;", True, Media.JSON),
        ("image/png", True, None),
        ("multipart/mixed, application/json", True, Media.JSON),
        (BROWSER, True, Media.HTML),
        (BROWSER, False, Media.JSON),
        (HTML, True, Media.HTML),
        (HTML, False, None),
        (f"{HTML}, {JSON}", True, Media.JSON),
        (f"{HTML}, {JSON};q=0.9", True, Media.HTML),
    ],
)
def test_the_best_of_what_is_accepted_is_sent(
    accept: str, page: bool, expected: Media | None
) -> None:
    assert negotiated(accept.encode(), page) == expected
