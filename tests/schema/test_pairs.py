from typing import Any

import pytest

from gateway.errors import BadUserInput
from gateway.schema.filters import LabelInput, TagInput
from gateway.schema.pairs import pairs

TAGS = [TagInput(key="kuma.io/service", value="web"), TagInput(key="version", value="1")]


def test_pairs_are_an_object() -> None:
    assert pairs(TAGS) == {"kuma.io/service": "web", "version": "1"}
    assert pairs([]) == {}
    assert pairs(None) is None


@pytest.mark.parametrize("given", [[*TAGS, TAGS[0]], [LabelInput(key="a", value="b")] * 2])
def test_a_key_that_comes_twice_is_bad_input(given: Any) -> None:
    with pytest.raises(BadUserInput, match="is given twice"):
        pairs(given)
