"""Documents as clients' libraries write them: plans run them, and answer as graphql-core does."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from graphql import get_introspection_query

from tests.fuzz.operations import Sample
from tests.fuzz.worlds import World, recorded, said

APOLLO = """
query Dataplanes($mesh: String!, $withInsight: Boolean!, $withTraffic: Boolean = false) {
  dataplanes(filter: {mesh: $mesh}, first: 3) {
    nodes {
      ...DataplaneRow
      ...DataplaneInsight @include(if: $withInsight)
      __typename
    }
    pageInfo { hasNextPage endCursor __typename }
    failures @include(if: $withTraffic) { message __typename }
    __typename
  }
}
fragment DataplaneRow on Dataplane { id name status mesh { id name __typename } __typename }
fragment DataplaneInsight on KumaDataplane {
  id
  insight { subscriptions { connectTime __typename } __typename }
  __typename
}"""
"""Apollo Client puts `__typename` at the end of each selection."""

APOLLO_FIRST = """
query Details($id: ID!, $full: Boolean!) {
  node(id: $id) {
    ...Full @include(if: $full)
    ...Name @skip(if: $full)
    __typename
    id
  }
}
fragment Full on Resource { id name kind displayName labels { key value __typename } __typename }
fragment Name on Resource { name id __typename }"""

URQL = """
query ($first: Int!, $after: String) {
  policies(first: $first, after: $after) {
    __typename
    pageInfo { __typename endCursor hasNextPage }
    edges { __typename cursor node { __typename id kind name ... on MeshScoped { mesh { name } } } }
  }
}"""
"""urql puts `__typename` at the beginning."""

RELAY = """
query ServicesQuery($count: Int = 2, $cursor: String, $isAdmin: Boolean!) {
  ...ServicesList_query_1G22uz
}
fragment ServicesList_query_1G22uz on Query {
  services(first: $count, after: $cursor) {
    edges { node { ...ServiceRow_service id __isNode: __typename __typename } cursor }
    pageInfo { endCursor hasNextPage }
  }
}
fragment ServiceRow_service on Service {
  __isService: __typename
  name
  status
  ...ServiceAdmin_service @include(if: $isAdmin)
  id
}
fragment ServiceAdmin_service on Service { __isService: __typename id controlPlane { id name } }"""
"""Relay's compiler moves fragments' arguments into their names, and adds `__typename` and `id`."""

REFETCH = """
query RefetchQuery($id: ID!, $count: Int = 5) {
  node(id: $id) { __typename ...MeshDataplanes_mesh_2Rqhfd id }
}
fragment MeshDataplanes_mesh_2Rqhfd on KumaMesh {
  dataplanes(first: $count) { edges { node { id name __typename } cursor } pageInfo { endCursor } }
  id
}"""

ALIASES = """
query Dashboard {
  all: insight { dataplanes { online total } }
  shop: dataplanes(filter: {mesh: "shop"}, first: 1) { totalCount }
  bank: dataplanes(filter: {mesh: "bank"}, first: 1) { totalCount }
}"""

CODEGEN = """
query Policies($kinds: Boolean!, $confs: Boolean!) {
  policies(first: 20) {
    nodes {
      ... on MeshTimeout { conf: spec targetRef @include(if: $confs) { kind } }
      ...P
      kind @include(if: $kinds)
      ...P @include(if: $kinds)
    }
  }
}
fragment P on Policy { __typename name kind raw @include(if: $confs) }"""

BATCH = """
query A { meshes { nodes { name } } }
query B($x: Boolean!) { meshes { nodes { ...F @include(if: $x) name } } }
fragment F on Mesh { name id controlPlane { name } }"""

TYPENAME = "query { __typename }"
MIXED = "query { __typename __schema { queryType { name } } meshes { totalCount } }"

FLAGS = [{"a": True, "b": True}, {"a": True, "b": False}, {"a": False, "b": False}]
DOCUMENTS: Mapping[str, tuple[str, Mapping[str, Any], Mapping[str, str]]] = {
    "apollo": (APOLLO, {"mesh": "shop"}, {"a": "withInsight", "b": "withTraffic"}),
    "apollo, a node": (APOLLO_FIRST, {}, {"a": "full"}),
    "urql": (URQL, {"first": 3}, {}),
    "relay": (RELAY, {"cursor": None}, {"a": "isAdmin"}),
    "relay, refetching": (REFETCH, {}, {}),
    "aliases": (ALIASES, {}, {}),
    "generated code": (CODEGEN, {}, {"a": "kinds", "b": "confs"}),
    "several operations": (BATCH, {}, {"a": "x"}),
    "a health check": (TYPENAME, {}, {}),
}


@pytest.fixture
async def world() -> World:
    """A new and an old control plane."""
    return (await recorded())[0]


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("flags", FLAGS, ids=str)
async def test_documents_of_clients_are_planned(
    name: str, flags: dict[str, bool], world: World
) -> None:
    text, variables, named = DOCUMENTS[name]
    given = {**variables, **{called: flags[flag] for flag, called in named.items()}}
    if "$id" in text:
        [found, _] = await world.answers(Sample("{ meshes(first: 1) { nodes { id } } }", {}))
        given["id"] = json.loads(found.encoded())["data"]["meshes"]["nodes"][0]["id"]
    one = Sample(text, given, "B" if text is BATCH else None)
    assert world.planned(one)
    mine, its = await world.answers(one)
    assert said(mine) == said(its)
    assert not mine.errors


@pytest.mark.parametrize("text", [get_introspection_query(), MIXED])
async def test_what_asks_of_the_schema_takes_the_reference_path(text: str, world: World) -> None:
    assert world.planned(Sample(text, {})) is False
    mine, its = await world.answers(Sample(text, {}))
    assert said(mine) == said(its)
    assert not mine.errors
