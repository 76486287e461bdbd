from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadUserInput
from gateway.upstreams.nginx_instance_manager.fake.lists import fits
from gateway.upstreams.nginx_instance_manager.filters import (
    Condition,
    Operator,
    Window,
    expression,
    step,
    window,
)


def test_conditions_are_written_as_the_documents_write_them() -> None:
    made = expression(
        [
            Condition("category", Operator.IN, ("agent", "nms")),
            Condition("level", Operator.EQUALS, ("debug",)),
            Condition("count", Operator.GREATER, ("100",)),
        ]
    )
    assert made == "category IN ('agent','nms') AND level='debug' AND count>'100'"


@pytest.mark.parametrize(
    "values",
    [
        ("a' OR level='b",),
        ('a"',),
        ("a)",),
        ("(a",),
        ("a\\",),
        ("a;",),
        ("a\nb",),
        ("",),
        ("a", "b"),
        (),
    ],
)
def test_a_value_that_could_end_its_quotes_is_refused(values: Sequence[str]) -> None:
    with pytest.raises(BadUserInput, match=r"filter\[0\].values"):
        expression([Condition("level", Operator.EQUALS, tuple(values))])


@pytest.mark.parametrize("name", ["", "a b", "a=b", "a'", "a(b)", "1a", "a,b"])
def test_a_dimension_is_a_name(name: str) -> None:
    with pytest.raises(BadUserInput, match=r"filter\[0\].dimension"):
        expression([Condition(name, Operator.EQUALS, ("x",))])


def test_a_choice_of_nothing_is_refused() -> None:
    with pytest.raises(BadUserInput, match="must have a value"):
        expression([Condition("level", Operator.IN, ())])


@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_what_is_sent_means_what_was_asked(value: str, other: str) -> None:
    """No value makes a filter that another row fits."""
    try:
        made = expression([Condition("level", Operator.EQUALS, (value,))])
    except BadUserInput:
        return
    if "*" not in value:
        assert fits(made, {"level": other}) is (value == other)
    assert fits(made, {"level": value})


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (Window(), {}),
        (Window("now-3h"), {"startTime": "now-3h"}),
        (
            Window("2022-03-19T08:00:00Z", "now"),
            {"startTime": "2022-03-19T08:00:00Z", "endTime": "now"},
        ),
    ],
)
def test_a_window_has_a_start(given: Window, made: dict[str, str]) -> None:
    assert window(given) == made


@pytest.mark.parametrize(
    "given", [Window(None, "now"), Window("yesterday"), Window("now-3h&x=1"), Window("now", "1")]
)
def test_a_window_that_is_none_is_refused(given: Window) -> None:
    with pytest.raises(BadUserInput, match=r"startTime|endTime"):
        window(given)


def test_a_step_is_a_length_of_time() -> None:
    assert step("30s", "resolution") == "30s"
    with pytest.raises(BadUserInput, match="resolution"):
        step("often", "resolution")
