"""Lists of a control plane: filters, pages, and what is wrong with a page or a filter."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from gateway.upstreams.kuma.fake.dialect import (
    ISSUED_BACKENDS,
    LABEL_FILTER,
    MESH_CHECKED,
    NAME_FILTER,
    ORDERED,
    OVERVIEWS,
    PLAIN_TAGS,
    POSITIVE_SIZES,
    V3,
    Failure,
    Release,
    invalid,
)
from gateway.upstreams.kuma.fake.store import JSONObject, Stored

TITLE: Final = "Could not retrieve resources"
DEFAULT_SIZE: Final = 100
LARGEST_SIZE: Final = 1000

TAGGED: Final = ("Dataplane", "ExternalService")
GATEWAYS: Final[dict[str, Callable[[JSONObject], bool]]] = {
    "true": lambda gateway: bool(gateway),
    "false": lambda gateway: not gateway,
    "builtin": lambda gateway: gateway.get("type") == "BUILTIN",
    "delegated": lambda gateway: bool(gateway) and gateway.get("type") != "BUILTIN",
}


class Asked:
    """What a list was asked for; made of a query, of which it raises what is wrong."""

    def __init__(self, target: str, release: Release) -> None:
        self.path, self.release = urlsplit(target).path, release
        query = urlsplit(target).query
        self.parameters = parse_qsl(query, keep_blank_values=True)
        self.size = self._size()
        self.offset = self._offset()

    def last(self, key: str) -> str | None:
        """The value of a parameter."""
        return next((value for name, value in self.parameters if name == key), None)

    def all(self, key: str) -> list[str]:
        """The values of a parameter that may be given more than once."""
        return [value for name, value in self.parameters if name == key]

    def page(self, items: Sequence[Any], host: str, *, counts_page: bool = False) -> JSONObject:
        """One page; before 2.5 the total of overviews was that of the page."""
        if self.size == 0:
            return {"total": len(items), "items": list(items), "next": None}
        end = self.offset + self.size
        shown = list(items[self.offset : max(end, self.offset)])
        following = None
        if end < len(items):
            kept = [pair for pair in self.parameters if pair[0] not in ("size", "offset")]
            query = urlencode(sorted([*kept, ("offset", str(end)), ("size", str(self.size))]))
            # The first releases do not look at what they are called by.
            named = host if self.release >= ORDERED else "localhost:5681"
            following = f"http://{named}{self.path}?{query}"
        total = len(shown) if counts_page else len(items)
        return {"total": total, "items": shown, "next": following}

    def _size(self) -> int:
        given = self.last("size")
        if not given:
            return DEFAULT_SIZE
        modern = self.release >= MESH_CHECKED
        try:
            size = int(given)
        except ValueError:
            raise self._bad("size", "invalid format" if modern else "Invalid format") from None
        if size > LARGEST_SIZE:
            start = "invalid" if modern else "Invalid"
            raise self._bad(
                "size", f"{start} page size of {size}. Maximum page size is {LARGEST_SIZE}"
            )
        if size <= 0 and self.release >= POSITIVE_SIZES:
            raise self._bad("size", "must be greater than 0")
        return size

    def _offset(self) -> int:
        given = self.last("offset")
        if not given:
            return 0
        try:
            offset = int(given)
        except ValueError:
            if self.release >= MESH_CHECKED:
                reason = f'strconv.Atoi: parsing "{given}": invalid syntax'
                raise Failure(400, TITLE, f"invalid: invalid offset: {reason}") from None
            raise self._bad("offset", "Invalid format") from None
        if offset < 0:
            if self.release < MESH_CHECKED:
                raise ConnectionResetError("a negative offset crashes this release's handler")
            raise Failure(400, TITLE, "invalid: invalid offset: must not be negative")
        return offset

    def _bad(self, field: str, reason: str) -> Failure:
        named = "Invalid page size" if field == "size" else "Invalid offset"
        return Failure(400, TITLE, named, ((field, reason),))


def filtered(
    rows: Sequence[Stored], kind: str, asked: Asked, *, overview: bool, route: str
) -> list[Stored]:
    """The rows that pass every filter that the release knows."""
    tests: list[Callable[[Stored], bool]] = []
    release = asked.release
    name = asked.last("name")
    if name and release >= NAME_FILTER:
        tests.append(lambda row: name in row.name)
    if release >= LABEL_FILTER:
        wanted = _labels(asked, route)
        tests.append(lambda row: wanted.items() <= row.labels.items())
    if kind in TAGGED and (overview or release >= PLAIN_TAGS):
        for tag in asked.all("tag"):
            key, separator, value = tag.partition(":")
            if separator:
                tests.append(lambda row, key=key, value=value: _tagged(row, key, value))  # type: ignore[misc]
    if kind == "Dataplane" and overview and asked.last("ingress") and release < ISSUED_BACKENDS:
        tests.append(lambda row: "ingress" in row.content.get("networking", {}))
    gateway = asked.last("gateway")
    if kind == "Dataplane" and gateway and (overview or release >= OVERVIEWS):
        known = GATEWAYS if release >= NAME_FILTER else {"true": 0, "false": 0}
        if release >= V3 and gateway not in ("true", "false", "delegated"):
            reason = f"should use `true`, `false` or `delegated` instead of {gateway}"
            raise invalid(TITLE, (f"{route}.gateway", reason))
        if gateway not in known and release >= ORDERED:
            reason = f"shoud use `true` or `false` instead of {gateway}"
            raise invalid("Could not retrieve dataplane overviews", (f"{route}.gateway", reason))
        if gateway in known:
            matches = GATEWAYS[gateway]
            tests.append(lambda row: matches(row.content.get("networking", {}).get("gateway", {})))
    return [row for row in rows if all(test(row) for test in tests)]


def _labels(asked: Asked, route: str) -> dict[str, str]:
    found = {}
    for key, value in asked.parameters:
        if not key.startswith("filter["):
            continue
        if not key.startswith("filter[labels."):
            raise invalid(TITLE, (f"{route}.{key}", "filters are only supported on labels"))
        found[key.removeprefix("filter[labels.").removesuffix("]")] = value
    return found


def _tagged(row: Stored, key: str, value: str) -> bool:
    if row.kind == "ExternalService":
        bearers = [row.content]
    else:
        networking = row.content.get("networking", {})
        bearers = [*networking.get("inbound", []), networking.get("gateway", {})]
    for bearer in bearers:
        tags = bearer.get("tags", {})
        if key in tags and (value == "*" or value in tags[key]):
            return True
    return False
