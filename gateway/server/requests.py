"""A GraphQL request as HTTP carries it: a JSON object, or the parameters of a GET."""

from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from gateway.errors import BadUserInput
from gateway.execution.requests import GraphQLRequest

T = TypeVar("T")

MAX_PARAMETERS = 32


class Posted(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a POST."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None


_body = msgspec.json.Decoder(Posted)
_object = msgspec.json.Decoder(dict[str, Any] | None)


def posted(body: bytes) -> GraphQLRequest:
    """The request in the body of a POST; BadUserInput where it is not well-formed."""
    found = _decoded(_body, body, "the body")
    return GraphQLRequest(found.query, found.variables, found.operation_name, found.extensions)


def got(query_string: bytes) -> GraphQLRequest:
    """The request in the parameters of a GET; BadUserInput where it is not well-formed."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), errors="strict", max_num_fields=MAX_PARAMETERS
        )
    except ValueError as error:
        raise BadUserInput("the parameters of the address cannot be read") from error
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BadUserInput("a parameter of the address is given twice")
    if "query" not in found:
        raise BadUserInput("the address has no parameter query")
    return GraphQLRequest(
        found["query"],
        _parameter(found, "variables"),
        found.get("operationName"),
        _parameter(found, "extensions"),
        queries_only=True,
    )


def _parameter(found: dict[str, str], name: str) -> dict[str, Any] | None:
    text = found.get(name)
    return None if text is None else _decoded(_object, text.encode(), f"the parameter {name}")


def _decoded(decoder: msgspec.json.Decoder[T], data: bytes, place: str) -> T:
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        raise BadUserInput(f"{place} is not a GraphQL request: {error}") from error
    except RecursionError as error:
        raise BadUserInput(f"{place} is nested too deeply") from error
    except ValueError as error:
        raise BadUserInput(f"{place} is not JSON") from error
