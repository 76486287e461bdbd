import json
from typing import Any

from gateway.model.mesh_identities import identity_of, selects
from gateway.model.resources import Resource
from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS


def identity(name: str, **selector: Any) -> Resource:
    spec = {"selector": selector, "provider": {"type": "Bundled"}}
    body = json.dumps({"name": name, "mesh": "m", "spec": spec}).encode()
    return responses.resource("prod", KINDS["MeshIdentity"], body)


def dataplane(**labels: str) -> Any:
    body = json.dumps({"name": "dp", "mesh": "m", "labels": labels}).encode()
    return responses.resource("prod", KINDS["Dataplane"], body).content


WEB = dataplane(app="web", stage="prod")
EVERY = identity("every", dataplane={"matchLabels": {}})
ONE = identity("one", dataplane={"matchLabels": {"app": "web"}})
SAME = identity("another", dataplane={"matchLabels": {"stage": "prod"}})
OTHER = identity("other", dataplane={"matchLabels": {"app": "api"}})
NOBODY = identity("nobody")


def test_an_identity_is_for_the_dataplanes_whose_labels_it_wants() -> None:
    fitting = [one for one in (EVERY, ONE, SAME, OTHER, NOBODY) if selects(one.content, WEB)]
    assert fitting == [EVERY, ONE, SAME]


def test_the_identity_that_wants_most_labels_counts_and_then_the_first_by_name() -> None:
    assert identity_of(WEB, [EVERY, ONE]) is ONE
    assert identity_of(WEB, [ONE, SAME]) is SAME
    assert identity_of(WEB, [OTHER, NOBODY]) is None
