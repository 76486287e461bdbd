import pytest

from gateway.execution.lines import Lines, TooLong


def test_equal_objects_have_a_name_each_and_the_same_object_one() -> None:
    lines, first, second = Lines(), [1], [1]
    assert lines.bind(first) == lines.bind(first) != lines.bind(second)
    assert lines.names[lines.bind(second)] is second


def test_an_attribute_is_asked_for_once_where_it_is_known() -> None:
    lines = Lines()
    assert lines.hold("value.a.b") == lines.hold("value.a.b") == "v1"
    with lines.block("if v1:"):
        assert lines.hold("value.a.b") == "v1"
        assert lines.hold("v1.c") == lines.hold("v1.c") == "v2"
    assert lines.hold("v1.c") == "v3"
    assert lines.lines == ["    v1 = value.a.b", "    if v1:", "        v2 = v1.c", "    v3 = v1.c"]


@pytest.mark.parametrize("text", ["[]", "UNSET", "g1.attribute", "f(value.a)"])
def test_what_may_be_another_each_time_is_computed_each_time(text: str) -> None:
    lines = Lines()
    assert lines.hold(text) != lines.hold(text)


def test_what_was_taken_back_is_not_known() -> None:
    lines = Lines()
    lines.hold("value.a")
    lines.lines.clear()
    lines.hold("value.b")
    assert lines.hold("value.a") == "v3"


def test_a_block_without_lines_does_nothing_and_there_are_so_many_lines() -> None:
    lines = Lines(2)
    with lines.block("while True:"):
        pass
    assert lines.lines == ["    while True:", "        pass"]
    with pytest.raises(TooLong):
        lines.line("more")
