"""Queries that read a part of rows are planned to: a wrong mark would decode all of them."""

from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse

from gateway.execution.compile import Compiler
from gateway.execution.selections import ALWAYS, fragments_of
from gateway.schema import build

QUERIES = Path(__file__).parent.parent.parent / "benchmarks/queries/meshgate"
GRAPH = build()


@pytest.mark.parametrize("name", ["W2", "W3", "W4", "W7"])
def test_a_part_of_each_dataplane_is_read(name: str) -> None:
    document = parse((QUERIES / f"{name}.graphql").read_text())
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    root = GRAPH._schema.query_type
    assert root is not None
    whole = ((operation.selection_set, ALWAYS),)
    reads = Compiler(GRAPH, fragments_of(document), root, whole).reads("KumaDataplane")
    assert reads is not None
    assert ("resource", "content", "name") in reads
    assert ("resource", "content") not in reads
    assert not any("version" in path for path in reads)
