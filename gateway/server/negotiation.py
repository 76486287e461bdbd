"""Which media type to answer with: RFC 9110's Accept over what GraphQL over HTTP may send."""

from enum import StrEnum


class Media(StrEnum):
    """The media types of an answer."""

    RESPONSE = "application/graphql-response+json"
    JSON = "application/json"
    HTML = "text/html"


# Best first, and named before unnamed. Of types named alike, the one that tells the most is sent;
# behind a wildcard, the one that every client reads; and a page to nobody who did not name it.
NAMED = (Media.RESPONSE, Media.JSON, Media.HTML)
UNNAMED = (Media.JSON, Media.RESPONSE)


def negotiated(accept: bytes, page: bool) -> Media | None:
    """What to answer an Accept header with, `page` telling whether there is one to show.

    None where nothing fits; no header at all means JSON, as GraphQL over HTTP says.
    """
    ranges = dict(_ranges(accept.decode("latin-1"))) or {"*/*": 1.0}
    anything = ranges.get("application/*", ranges.get("*/*", 0.0))
    wanted = [
        *((ranges.get(it.value, 0.0), it) for it in NAMED if page or it is not Media.HTML),
        *((anything, it) for it in UNNAMED if it.value not in ranges),
    ]
    quality, best = max(wanted, key=lambda it: it[0])
    return best if quality else None


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        values = {key.strip(): value.strip(' "') for key, _, value in map(_split, parameters)}
        ours = values.get("charset", "utf-8") in ("utf-8", "utf8")
        if name:
            found.append((name, _quality(values.get("q", "1")) if ours else 0.0))
    return found


def _split(parameter: str) -> tuple[str, str, str]:
    return parameter.partition("=")


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
