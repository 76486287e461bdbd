from typing import Any

import pytest
from graphql import build_schema

from gateway.execution.documents import Document, Documents, InvalidDocument

SCHEMA = build_schema("type Query { name: String mesh: Mesh } type Mesh { name: String }")


def code(found: Document | InvalidDocument) -> str | None:
    return found.code if isinstance(found, InvalidDocument) else None


def messages(found: Document | InvalidDocument) -> list[str]:
    return [error.message for error in found.errors] if isinstance(found, InvalidDocument) else []


def test_a_document_is_read_once() -> None:
    documents = Documents(SCHEMA)
    assert documents.find("{ name }") is documents.find("{ name }")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ a" * 5000, "GRAPHQL_PARSE_FAILED"),
        ("{ nam }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ mesh }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ __schema { types { name } } }", None),
    ],
)
def test_what_is_wrong_with_a_document_has_a_code(text: str, expected: str | None) -> None:
    assert code(Documents(SCHEMA).find(text)) == expected


def test_an_invalid_document_is_not_kept() -> None:
    documents = Documents(SCHEMA)
    documents.find("{ nam }")
    assert len(documents) == 0


@pytest.mark.parametrize("limits", [{"entries": 2}, {"size": 2 * len("{ a: name }")}])
def test_the_least_recently_used_document_goes_first(limits: dict[str, Any]) -> None:
    documents = Documents(SCHEMA, **limits)
    first, second = documents.find("{ a: name }"), documents.find("{ b: name }")
    documents.find("{ a: name }")
    documents.find("{ c: name }")
    assert len(documents) == 2
    assert documents.find("{ a: name }") is first
    assert documents.find("{ b: name }") is not second


def test_a_document_larger_than_all_that_may_be_kept_pushes_nothing_out() -> None:
    documents = Documents(SCHEMA, size=20)
    kept = documents.find("{ name }")
    assert code(documents.find("{ name name name name name }")) is None
    assert documents.find("{ name }") is kept
    assert len(documents) == 1


def test_size_is_counted_in_bytes() -> None:
    documents = Documents(SCHEMA, size=12)
    documents.find("{ name } #é")
    assert len(documents) == 1
    documents.find("{ name } #éé")
    assert len(documents) == 1


@pytest.mark.parametrize("text", ["{ name name name }", "{ name #\n#\n#\n#\n#\n}"])
def test_tokens_and_comments_are_limited(text: str) -> None:
    assert code(Documents(SCHEMA, max_tokens=4).find(text)) == "GRAPHQL_PARSE_FAILED"


def test_without_introspection_the_schema_tells_nothing_of_itself() -> None:
    documents = Documents(SCHEMA, introspection=False)
    assert code(documents.find("{ __schema { types { name } } }")) == "GRAPHQL_VALIDATION_FAILED"
    assert code(documents.find("{ __typename }")) is None
    for text in ("{ nam }", "{ mesh }", "{ mesh { nme } }", "{ name(x: 1) }"):
        assert all("Did you mean" not in message for message in messages(documents.find(text)))


def test_with_introspection_a_mistyped_name_is_answered_with_the_right_one() -> None:
    assert "Did you mean 'name'?" in messages(Documents(SCHEMA).find("{ nam }"))[0]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("{ name }", None, None),
        ("query A { name }", None, "A"),
        ("query A { name }", "A", "A"),
        ("query A { name } query B { name }", "B", "B"),
        ("query A { name } query B { name }", None, "operationName must tell"),
        ("query A { name }", "B", "no operation of the name"),
        ("{ name }", "A", "no operation of the name"),
        ("fragment F on Query { name } query A { ...F }", None, "A"),
    ],
)
def test_an_operation_is_chosen_by_name(text: str, name: str | None, expected: str | None) -> None:
    document = Documents(SCHEMA).find(text)
    assert isinstance(document, Document)
    chosen = document.choose(name)
    if isinstance(chosen, str):
        assert expected is not None
        assert expected in chosen
    else:
        assert chosen.operation.name == expected
