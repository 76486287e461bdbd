"""The graph as a whole: its names, its descriptions, and the file in which it is printed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_introspection_type,
    is_specified_scalar_type,
    validate_schema,
)

from gateway.model.kinds import Kind, Noun
from gateway.schema import build
from gateway.upstreams import KINDS as ROWS
from gateway.upstreams.kuma.kinds import KINDS
from tests.schema.selections import SCHEMA

ROOT = Path(__file__).parent.parent.parent
TYPES = [
    found
    for found in SCHEMA.type_map.values()
    if not is_introspection_type(found) and not is_specified_scalar_type(found)
]


def elements(found: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """A type and everything in it by schema coordinates, each with its description."""
    yield found.name, found.description
    if isinstance(found, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in found.fields.items():
            yield f"{found.name}.{name}", field.description
            for argument, given in field.args.items():
                yield f"{found.name}.{name}({argument}:)", given.description
    elif isinstance(found, GraphQLInputObjectType):
        for name, member in found.fields.items():
            yield f"{found.name}.{name}", member.description
    elif isinstance(found, GraphQLEnumType):
        for name, value in found.values.items():
            yield f"{found.name}.{name}", value.description


ELEMENTS = [element for found in TYPES for element in elements(found)]


def test_the_printed_schema_is_the_one_that_is_built() -> None:
    assert (ROOT / "schema.graphql").read_text("utf-8").strip() == build().as_str().strip(), (
        "schema.graphql is old: run `make schema`"
    )


def test_the_schema_is_one() -> None:
    assert validate_schema(SCHEMA) == []
    assert validate_schema(build_schema(build().as_str())) == []


def test_everything_is_described() -> None:
    assert [where for where, description in ELEMENTS if not (description or "").strip()] == []


def test_a_description_is_made_of_sentences() -> None:
    ends = (".", "…", "`", ":")
    rough = [where for where, text in ELEMENTS if not (text or "").rstrip().endswith(ends)]
    assert rough == []


def test_there_are_fewer_than_500_types() -> None:
    assert 100 < len(TYPES) < 500


def test_names_are_of_at_most_40_characters() -> None:
    words = {
        word for where, _ in ELEMENTS for word in where.rstrip(":)").replace("(", ".").split(".")
    }
    assert [word for word in words if len(word) > 40] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda kind: kind.type_name)
def test_every_kind_has_a_type_that_says_what_it_is_for(row: Kind) -> None:
    found = SCHEMA.type_map[row.type_name]
    assert isinstance(found, GraphQLObjectType)
    assert {"Node", "Resource"} <= {one.name for one in found.interfaces}
    if row.noun in {Noun.POLICY, Noun.RESOURCE, Noun.INSIGHT}:
        assert found.description == row.summary


def test_policies_are_bare_and_all_else_of_a_product_carries_its_name() -> None:
    interface = SCHEMA.type_map["Resource"]
    assert isinstance(interface, GraphQLInterfaceType)
    policies = {kind.type_name for kind in KINDS.values() if kind.noun is Noun.POLICY}
    shown = {one.name for one in SCHEMA.get_possible_types(interface)}
    others = shown - policies - {"UnknownPolicy", "UnknownResource"}
    assert policies <= shown
    assert all(name.startswith(("Kuma", "Nginx")) for name in others)
    assert {kind.type_name for kind in ROWS} == policies | others


def test_only_the_data_of_a_secret_shows_what_is_in_it() -> None:
    for name in ("KumaSecret", "KumaGlobalSecret"):
        found = SCHEMA.type_map[name]
        assert isinstance(found, GraphQLObjectType)
        assert {"data", "spec", "value"} & set(found.fields) == {"data"}
        assert not isinstance(found.fields["data"].type, GraphQLNonNull)


def test_every_mutation_takes_one_input_and_may_fail_by_itself() -> None:
    mutations = SCHEMA.mutation_type
    assert mutations is not None
    for name, field in mutations.fields.items():
        assert list(field.args) == ["input"]
        assert not isinstance(field.type, GraphQLNonNull), name
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType)
        assert "clientMutationId" in payload.fields
        if name.startswith(("apply", "delete", "create")):
            assert [one.name for one in payload.interfaces] == ["WritePayload"]
        else:
            assert name.startswith(("patch", "inject", "publish", "scan")), name


CONNECTIONS = [one for one in TYPES if one.name.endswith("Connection")]


@pytest.mark.parametrize("found", CONNECTIONS, ids=lambda found: found.name)
def test_every_connection_is_one_of_relays_and_names_what_is_missing(
    found: GraphQLObjectType,
) -> None:
    assert set(found.fields) == {"pageInfo", "totalCount", "failures", "nodes", "edges"}
    edge = get_named_type(found.fields["edges"].type)
    assert isinstance(edge, GraphQLObjectType)
    assert {"node", "cursor"} <= set(edge.fields)
    assert edge.name == found.name.removesuffix("Connection") + "Edge"


def test_a_connection_below_another_object_may_fail_by_itself() -> None:
    for found in TYPES:
        if isinstance(found, GraphQLObjectType | GraphQLInterfaceType) and found.name != "Query":
            for name, field in found.fields.items():
                if get_named_type(field.type).name.endswith("Connection"):
                    assert not isinstance(field.type, GraphQLNonNull), f"{found.name}.{name}"
                    assert {"first", "after"} <= set(field.args)
