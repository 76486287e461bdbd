import msgspec
import pytest

from gateway.model.references import services
from tests.recorded import recording


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"{}", set()),
        (b'{"spec": null, "sources": null}', set()),
        (b'{"sources": [{"match": {"kuma.io/service": "*"}}]}', {"*"}),
        (b'{"selectors": [{"match": {"kuma.io/service": "a"}}]}', {"a"}),
        (b'{"destinations": [{"match": {"kuma.io/service": "a"}}, {"match": {}}]}', {"a"}),
        (b'{"spec": {"targetRef": {"kind": "MeshService", "name": "a"}}}', {"a"}),
        (b'{"spec": {"targetRef": {"kind": "Dataplane", "name": "a"}}}', set()),
        (b'{"spec": {"to": [{"targetRef": {"kind": "MeshExternalService", "name": "a"}}]}}', {"a"}),
        (b'{"spec": {"from": [{"targetRef": {"kind": "MeshServiceSubset", "name": "a"}}]}}', {"a"}),
        (b'{"spec": {"to": null, "from": [{}]}}', set()),
        (b'{"spec": {"to": 5}}', set()),
    ],
)
def test_the_services_of_a_policy_are_those_it_names(body: bytes, found: set[str]) -> None:
    assert services(msgspec.Raw(body)) == found


def test_every_recorded_policy_can_be_looked_into() -> None:
    snapshot = recording("2.14.3").snapshot
    for path, name in (("/traffic-permissions", "*"), ("/meshtimeouts", "backend")):
        raws = [msgspec.Raw(msgspec.json.encode(item)) for item in snapshot[path]["items"]]
        assert any(name in services(raw) for raw in raws)
