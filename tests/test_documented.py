"""What Kuma's own tests expect it to answer is read as it is: every list and resource of them."""

from collections import Counter

import pytest

from gateway.model.kinds import Kind
from gateway.model.versions import parse
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma import discovery, responses
from gateway.upstreams.kuma.kinds import KINDS
from tests.documented import VERSIONS, Example, examples
from tests.recorded import rendered

APIS = {**VERSIONS, "1.8.8": "1.8.8", "2.14.3": "2.14.3", "3.0-dev": "3.0.0-dev"}


def answered() -> list[Example]:
    """The answers that are a list or a resource of a kind."""
    return [
        one
        for one in examples()
        if one.method == "GET" and one.status == 200 and one.place and isinstance(one.body, dict)
    ]


def read(one: Example) -> int:
    """How many rows are read."""
    assert one.place is not None
    name, _, alone, _ = one.place
    kind, version = KINDS[name], parse(APIS[one.api])
    answer = Answer(200, {}, rendered(one.body))
    if alone is None:
        page = responses.page("cp", kind, answer, version=version)
        assert page.broken == ()
        return len(page.rows)
    return int(responses.resource("cp", kind, answer.body, answer, version).kind is kind)


def test_answers_of_every_version_are_tried() -> None:
    assert {one.api for one in examples()} == set(APIS)
    assert Counter(one.api for one in answered()) == {
        "0.x": 14,
        "1.1": 38,
        "1.8.8": 4,
        "2.14.3": 58,
    }


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in answered()])
def test_an_answer_that_kuma_expects_of_itself_is_read(one: Example) -> None:
    rows = (one.body.get("items") or ()) if "items" in one.body else (one.body,)
    assert read(one) == len(rows)


@pytest.mark.parametrize(
    ("file", "api", "kinds"),
    [
        ("v2.14.3/base_endpoints/_resources.golden.json", "2.14.3", 53),
        ("v3-head/base_endpoints/_resources.golden.json", "3.0-dev", 34),
    ],
)
def test_the_kinds_that_kuma_expects_to_list_are_those_of_the_rows(
    file: str, api: str, kinds: int
) -> None:
    [one] = [each for each in examples() if each.file == file]
    version = parse(APIS[api])
    assert version is not None
    listed = Answer(200, {}, rendered(one.body))
    found = discovery.kinds(version, listed, discovery.Config())
    rows: list[Kind] = [kind for kind in KINDS.values() if kind.served_by(version)]
    assert {served.kind.name for served in found.values()} == {kind.name for kind in rows}
    assert len(found) == kinds
