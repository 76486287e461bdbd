"""Each example of the 0.x and the 1.1 document, read and written through the graph."""

import json
from typing import Any

import pytest

from gateway.schema.ids import node_id
from gateway.upstreams.kuma.kinds import KINDS
from tests.documented import VERSIONS, Documented, Example, examples
from tests.graph import graph
from tests.recorded_graph.shown import WHOLE, shown
from tests.recorded_graph.test_kinds import DELETE

COUNTS = {
    "0.x": {"GET": 14, "PUT": 6, "DELETE": 6},
    "1.1": {"GET": 41, "PUT": 15, "DELETE": 15, "POST": 1},
}
"""How many examples there are."""
ELSEWHERE = {
    "doc-1.1/get-config.json": "configuration",
    "doc-1.1/get-versions.json": "supportedVersions",
}
"""What is read of a control plane itself."""
NOT_ASKED = {
    "doc-1.1/get-zones-status.json": "a zone's status comes with its insight",
    "doc-1.1/post-tokens.request.json": "no token is made",
    "doc-1.1/PUT /meshes/default/timeouts/fi1": "the document shows no body",
}
REFUSED = {
    "doc-1.1/create-update-fault-injection.request.json": "stands in a mesh; say in which",
    "doc-1.1/create-update-secret.request.json": "secrets are written by applySecret",
    "doc-1.1/create-update-global-secret.request.json": "secrets are written by applySecret",
    "doc-1.1/DELETE /meshes/default/secrets/sample-secret": "secrets are written by applySecret",
    "doc-1.1/DELETE /global-secrets/sample-global-secret": "secrets are written by applySecret",
}
"""What is refused before it is sent, and why."""

FORMAT = (
    '{ "destination": "%KUMA_DESTINATION_SERVICE%", "destinationAddress": '
    '"%UPSTREAM_LOCAL_ADDRESS%", "source": "%KUMA_SOURCE_SERVICE%", "sourceAddress": '
    '"%KUMA_SOURCE_ADDRESS%", "bytesReceived": "%BYTES_RECEIVED%", "bytesSent": "%BYTES_SENT%"}'
)
BACKEND_TAGS = {"kuma.io/service": "backend", "version": "2.0", "env": "production"}
INBOUND = {"port": 11011, "servicePort": 11012, "tags": BACKEND_TAGS}
DATABASE = {"port": 33033, "tags": {"kuma.io/service": "database"}}
USER = {"port": 44044, "tags": {"kuma.io/service": "user"}}


def match(service: str, **more: str) -> list[Any]:
    return [{"match": {"kuma.io/service": service, **more}}]


PRESENT: dict[str, dict[str, Any]] = {
    "mesh-1": {
        "mtls": {"enabledBackend": "ca-1", "backends": [{"name": "ca-1", "type": "builtin"}]},
        "tracing": {},
        "logging": {
            "backends": [
                {
                    "name": "file-tmp",
                    "format": FORMAT,
                    "type": "file",
                    "conf": {"path": "/tmp/access.log"},
                },
                {
                    "name": "logstash",
                    "type": "tcp",
                    "conf": {"address": "logstash.internal:9000"},
                },
            ]
        },
    },
    "backend-1": {
        "networking": {"address": "127.0.0.1", "inbound": [INBOUND], "outbound": [DATABASE, USER]}
    },
    "example": {
        "dataplane": {
            "networking": {"address": "127.0.0.1", "inbound": [INBOUND], "outbound": [DATABASE]}
        }
    },
    "pt-1": {"selectors": match("backend")},
    "tp-1": {"sources": match("backend"), "destinations": match("redis")},
    "tl-1": {"sources": match("web", version="1.0"), "destinations": match("backend")},
    "web-to-backend": {
        "sources": match("web", region="us-east-1", version="v10"),
        "destinations": match("backend"),
        "conf": {
            "split": [
                {
                    "weight": 90,
                    "destination": {
                        "region": "us-east-1",
                        "kuma.io/service": "backend",
                        "version": "v2",
                    },
                },
                {"weight": 10, "destination": {"kuma.io/service": "backend", "version": "v3"}},
            ]
        },
    },
}
"""What the 0.x document's resources are in the present spelling."""
OLD_DATAPLANES = {"backend-1": PRESENT["backend-1"], "example": PRESENT["example"]}
"""And the 1.1 document's, where their tags and outbounds are as old as that."""


def model(one: Example, body: dict[str, Any]) -> dict[str, Any]:
    """What the graph must show of a resource in a document."""
    respelled = PRESENT if one.api == "0.x" else OLD_DATAPLANES
    assert one.place is not None
    # The document calls global secrets secrets.
    kind = {"type": one.place[0]}
    whole = {**body, **kind, **respelled.get(body["name"], {})}
    return shown(whole) | {"raw": without_data(body)}


def without_data(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "data"}


def cases(*methods: str) -> list[Any]:
    return [
        pytest.param(one, id=one.name)
        for api in VERSIONS
        for one in examples(api)
        if one.method in methods and one.name not in {*ELSEWHERE, *NOT_ASKED}
    ]


@pytest.mark.parametrize("api", VERSIONS)
def test_every_example_of_the_documents_is_tried(api: str) -> None:
    found = examples(api)
    counted = {method: [one.method for one in found].count(method) for method in COUNTS[api]}
    assert counted == COUNTS[api]
    assert len(found) == sum(counted.values())
    tried = {each.id for each in cases("GET", "PUT", "DELETE")} | {*ELSEWHERE, *NOT_ASKED}
    assert {one.name for one in found} <= tried
    assert {*REFUSED, *ELSEWHERE, *NOT_ASKED} <= {
        one.name for api in VERSIONS for one in examples(api)
    }


BY_ID = f"query ($id: ID!) {{ node(id: $id) {{ ...Whole STATUS }} }} {WHOLE}"


def listing(one: Example) -> str:
    """The document that asks for a list of the example's."""
    assert one.place is not None
    kind, mesh, _, overview = one.place
    within = f'mesh: "{mesh}"' if mesh else ""
    root = f'resources(kind: "{kind}", {within})'
    if overview:
        root = f"{KINDS[kind].path}(filter: {{{within}}})"
    if kind == "Secret":
        root = f"secrets({within})"
    if kind == "GlobalSecret":
        root = "globalSecrets"
    nodes = f"nodes {{ ...Whole {status(one)} }}"
    return f"{{ found: {root} {{ totalCount failures {{ message }} {nodes} }} }}"


def status(one: Example) -> str:
    """The field for which an overview is read."""
    assert one.place is not None
    kind, _, _, overview = one.place
    return f"... on {kind} {{ status }}" if overview else ""


def without_status(found: dict[str, Any]) -> dict[str, Any]:
    """What is shown without the status, which comes from the insight alone."""
    return {key: value for key, value in found.items() if key != "status"}


@pytest.mark.parametrize("one", cases("GET"))
async def test_an_answer_of_a_document_gives_the_model(one: Example) -> None:
    transport = Documented(VERSIONS[one.api], [one])
    assert one.place is not None
    async with graph({"cp": transport}) as asked:
        if one.place[2] is None:
            answer = (await asked.data(f"{listing(one)} {WHOLE}"))["found"]
            items = sorted(one.body["items"], key=lambda item: str(item["name"]))
            assert (answer["totalCount"], answer["failures"]) == (len(items), [])
            wanted = [model(one, item) for item in items]
            assert [without_status(node) for node in answer["nodes"]] == wanted
        else:
            query = BY_ID.replace("STATUS", status(one))
            answer = await asked.data(query, id=node_id(one.key()))
            assert without_status(answer["node"]) == model(one, one.body)
        assert {sent.target.partition("?")[0] for sent in asked.sent()} == {one.path}


@pytest.mark.parametrize("name", ELSEWHERE)
async def test_a_document_of_the_control_plane_is_shown_as_it_is(name: str) -> None:
    [one] = [each for each in examples("1.1") if each.name == name]
    query = f'{{ controlPlane(name: "cp") {{ found: {ELSEWHERE[name]} }} }}'
    async with graph({"cp": Documented("1.1.6", [one])}) as asked:
        assert (await asked.data(query))["controlPlane"]["found"] == one.body


OVERVIEWS = [
    "doc-0.x/get-dataplane-overview.json",
    "doc-1.1/get-dataplane-overview.json",
    "doc-1.1/get-zone-overview.json",
]


@pytest.mark.parametrize("name", OVERVIEWS)
async def test_what_an_overview_of_a_document_shows_is_online(name: str) -> None:
    [one] = [each for each in examples() if each.file == name]
    query = BY_ID.replace("STATUS", status(one))
    async with graph({"cp": Documented(VERSIONS[one.api], [one])}) as asked:
        answer = await asked.data(query, id=node_id(one.key()))
    assert answer["node"]["status"] == "ONLINE"


@pytest.mark.parametrize("name", ["get-dataplane.json", "get-dataplane-overview.json"])
async def test_the_same_dataplane_is_the_same_in_both_documents(name: str) -> None:
    found = []
    for api, version in VERSIONS.items():
        [one] = [each for each in examples(api) if each.file == f"doc-{api}/{name}"]
        query = BY_ID.replace("STATUS", status(one))
        async with graph({"cp": Documented(version, [one])}) as asked:
            node = (await asked.data(query, id=node_id(one.key())))["node"]
        found.append({key: node[key] for key in node if key not in CHANGING})
    assert found[0] == found[1]


CHANGING = {"raw", "createdAt", "modifiedAt"}
APPLY = "mutation ($body: JSON!) { done: applyResource(input: {resource: $body}) { outcome } }"


@pytest.mark.parametrize("one", cases("PUT"))
async def test_a_request_of_a_document_is_sent_as_it_stands(one: Example) -> None:
    transport = Documented(VERSIONS[one.api], [one])
    async with graph({"cp": transport}) as asked:
        answer = await asked.answer(APPLY, body=one.body)
    if one.name in REFUSED:
        assert REFUSED[one.name] in answer["errors"][0]["message"]
        assert transport.put == {}
    else:
        assert answer == {"data": {"done": {"outcome": "CREATED"}}}
        assert transport.put == {one.path: one.body}


@pytest.mark.parametrize("one", cases("DELETE"))
async def test_a_delete_of_a_document_is_sent_as_it_stands(one: Example) -> None:
    assert one.place is not None
    kind, mesh, name, _ = one.place
    async with graph({"cp": Documented(VERSIONS[one.api], [one])}) as asked:
        answer = await asked.answer(DELETE, kind=kind, name=name, mesh=mesh)
        sent = [str(each) for each in asked.sent()]
    if one.name in REFUSED:
        assert REFUSED[one.name] in answer["errors"][0]["message"]
        assert sent == []
    else:
        assert answer["data"]["done"]["outcome"] == "DELETED"
        assert sent == [f"DELETE {one.path}"]


@pytest.mark.parametrize("name", ["create-update-dataplane", "create-update-traffic-route"])
async def test_what_the_1_1_document_writes_is_written_to_0_x_as_its_own_document_does(
    name: str,
) -> None:
    [new] = [one for one in examples("1.1") if one.file == f"doc-1.1/{name}.request.json"]
    [old] = [one for one in examples("0.x") if one.file == f"doc-0.x/{name}.request.json"]
    transport = Documented("0.3.2", [old])
    async with graph({"cp": transport}) as asked:
        await asked.data(APPLY, body=new.body)
    assert transport.put == {old.path: old.body}
    assert json.dumps(new.body) != json.dumps(old.body)
