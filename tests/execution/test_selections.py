import pytest
from graphql import (
    FragmentDefinitionNode,
    GraphQLObjectType,
    OperationDefinitionNode,
    build_schema,
    parse,
)

from gateway.execution.selections import (
    ALWAYS,
    PLACES,
    Asked,
    Condition,
    Unplannable,
    applies,
    asked,
    without,
)

SCHEMA = build_schema("""
  interface I { a: String b: I }
  type Query implements I { a: String b: I c(x: Int): Query }
  type Other implements I { a: String b: I }
  union U = Query | Other
""")
QUERY = SCHEMA.type_map["Query"]
assert isinstance(QUERY, GraphQLObjectType)
VARIABLES = "query ($x: Boolean!, $y: Boolean!)"


def fields(text: str, kind: GraphQLObjectType = QUERY) -> list[Asked]:
    document = parse(text)
    [operation] = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
    fragments = {
        it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)
    }
    return asked(SCHEMA, fragments, kind, ((operation.selection_set, ALWAYS),))


def keys(text: str) -> list[str]:
    return [it.key for it in fields(text)]


def under(**wanted: bool) -> Condition:
    return frozenset(wanted.items())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a b { a } c { a } }", ["a", "b", "c"]),
        ("{ b { a } x: a a b { b { a } } }", ["b", "x", "a"]),
        ("{ ...F a } fragment F on Query { c { a } }", ["c", "a"]),
        ("{ ... { a } ... on I { b { a } } ... on U { c: a } }", ["a", "b", "c"]),
        ("{ ... on Other { a } ...F } fragment F on Other { b { a } }", []),
        ("{ ...F ...F } fragment F on I { ...G a } fragment G on I { b { a } }", ["b", "a"]),
        ("{ a @skip(if: true) b @include(if: false) { a } c @skip(if: false) { a } }", ["c"]),
        ("{ __typename a }", ["__typename", "a"]),
    ],
)
def test_keys_stand_in_the_order_of_their_first_appearance(text: str, expected: list[str]) -> None:
    assert keys(text) == expected


def test_appearances_of_one_key_are_merged() -> None:
    [found] = fields("{ c(x: 1) { a } ...F } fragment F on Query { c(x: 1) { b { a } } }")
    assert found.name == "c"
    assert len(found.nodes) == 2
    assert len(found.selections) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a }", ALWAYS),
        ("{ a @include(if: $x) }", under(x=True)),
        ("{ a @skip(if: $x) }", under(x=False)),
        ("{ a @include(if: $x) @skip(if: $y) }", under(x=True, y=False)),
        ("{ ... @include(if: $x) { ...F } } fragment F on I { a @skip(if: $y) }",
         under(x=True, y=False)),
        ("{ ...F @include(if: $x) } fragment F on I { a @include(if: $x) }", under(x=True)),
        ("{ a @include(if: true) }", ALWAYS),
    ],
)  # fmt: skip
def test_conditions_gather_on_the_way_to_a_field(text: str, expected: Condition) -> None:
    [found] = fields(f"{VARIABLES} {text}")
    assert found.condition == expected


def test_what_contradicts_itself_is_not_asked() -> None:
    assert fields(f"{VARIABLES} {{ ... @skip(if: $x) {{ a @include(if: $x) }} }}") == []


def test_a_condition_on_what_is_asked_anyway_is_that_of_the_appearance_alone() -> None:
    [found] = fields(f"{VARIABLES} {{ b {{ a }} b @include(if: $x) {{ b {{ a }} }} }}")
    first, second = found.nodes
    assert found.condition == ALWAYS
    assert [condition for _, condition in found.selections] == [ALWAYS, under(x=True)]
    assert found.held({ALWAYS: True, under(x=True): False}) == [first]
    assert found.held({ALWAYS: True, under(x=True): True}) == [first, second]


def test_a_fragment_that_is_spread_anyway_counts_once() -> None:
    fragment = "fragment F on I { a b @include(if: $x) { a } }"
    for spreads in ("...F ...F @skip(if: $y)", "...F @include(if: $x) ...F @include(if: $x)"):
        assert [len(it.nodes) for it in fields(f"{VARIABLES} {{ {spreads} }} {fragment}")] == [1, 1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ a @include(if: $x) b { a } a }", [under(x=True), ALWAYS, under(x=False)]),
        ("{ a @include(if: $x) a @include(if: $y) }", [under(x=True), under(x=False, y=True)]),
        ("{ ...F @skip(if: $x) ...F } fragment F on I { a }", [under(x=False), under(x=True)]),
        ("{ ...F @include(if: $x) @skip(if: $y) a } fragment F on I { a }",
         [under(x=True, y=False), under(x=False), under(x=True, y=True)]),
        ("{ a @include(if: $x) a @skip(if: $x) }", [under(x=True), under(x=False)]),
        ("{ a @include(if: $x) a @include(if: $x) @skip(if: $y) }", [under(x=True)]),
    ],
)  # fmt: skip
def test_a_key_stands_where_it_is_met_first_and_that_may_vary(
    text: str, expected: list[Condition]
) -> None:
    assert [it.condition for it in fields(f"{VARIABLES} {text}")] == expected


def test_a_place_has_the_appearances_that_may_count_there_each_once() -> None:
    spreads = "...F @include(if: $x) ...F @skip(if: $y) ...F"
    first, second, third = fields(f"{VARIABLES} {{ {spreads} }} fragment F on I {{ b {{ a }} }}")
    assert [len(it.nodes) for it in (first, second, third)] == [1, 1, 1]
    assert third.condition == under(x=False, y=True)
    assert not any(it.varies for it in (first, second, third))
    assert [condition for _, condition in third.selections] == [ALWAYS]


def test_where_one_condition_holds_and_another_does_not_one_of_these_does() -> None:
    assert without(ALWAYS, under(x=True)) == [under(x=False)]
    assert without(under(x=True), under(x=True)) == []
    assert without(under(x=True), under(x=False)) == [under(x=True)]
    assert without(ALWAYS, under(x=True, y=False)) == [under(x=False), under(x=True, y=True)]


MANY = [f"v{number}" for number in range(PLACES + 1)]


@pytest.mark.parametrize(
    "text",
    [
        "{ a @other }",
        "{ ...F @other } fragment F on I { a }",
        f"{{ {' '.join(f'a @include(if: ${name})' for name in MANY)} }}",
    ],
)
def test_what_stands_at_too_many_places_or_is_not_known_is_not_planned(text: str) -> None:
    with pytest.raises(Unplannable):
        fields(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Query", True), ("I", True), ("U", True), ("Other", False), ("?", False)],
)
def test_a_fragment_applies_to_its_type_and_to_what_may_be_of_it(name: str, expected: bool) -> None:
    kind = SCHEMA.type_map["Query"]
    assert isinstance(kind, GraphQLObjectType)
    assert applies(SCHEMA, name, kind) is expected
