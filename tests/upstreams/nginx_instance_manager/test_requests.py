import pytest

from gateway.errors import BadUserInput, Unsupported
from gateway.model.changes import Apply, Change, Delete
from gateway.model.nginx_instance_manager.changes import Create, Order, Patch, Publish, Scan
from gateway.model.nginx_instance_manager.deployments import Accepted
from gateway.model.nginx_instance_manager.managed import Link
from gateway.model.resources import ResourceKey
from gateway.upstreams.nginx_instance_manager import requests
from gateway.upstreams.nginx_instance_manager.kinds import KINDS, VERBS
from gateway.upstreams.wire import Request


def key(kind: str, name: str) -> ResourceKey:
    return ResourceKey("fleet", kind, None, name)


def test_a_list_is_asked_for_by_the_largest_pages_of_one_moment() -> None:
    assert requests.listing("systems", 1) == Request("GET", "/systems?page=1&pageSize=100")
    later = requests.listing("systems", 3, "a b&c")
    assert later.path == "/systems?page=3&pageSize=100&pageToken=a%20b%26c"


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        ("System", "s-1", "/systems/s-1"),
        ("Instance", "s-1/i-1", "/systems/s-1/instances/i-1"),
        ("Certificate", "a b?c", "/certs/a%20b%3Fc"),
        ("Role", "green", "/roles/green"),
        ("StagedConfiguration", "c-1", "/configs/c-1"),
    ],
)
def test_a_thing_is_at_its_path(kind: str, name: str, path: str) -> None:
    assert requests.place(KINDS[kind], name) == path


@pytest.mark.parametrize(
    ("kind", "name"),
    [("Instance", "i-1"), ("Instance", "a/b/c"), ("Instance", "../x"), ("System", "a/b")],
)
def test_a_name_that_would_lead_elsewhere_is_refused(kind: str, name: str) -> None:
    with pytest.raises(BadUserInput):
        requests.place(KINDS[kind], name)


@pytest.mark.parametrize(
    ("change", "request_"),
    [
        (
            Apply(
                key("StagedConfiguration", "c"), {"type": "StagedConfiguration", "configName": "x"}
            ),
            Request("PUT", "/configs/c", b'{"configName":"x"}'),
        ),
        (Delete(key("Certificate", "a")), Request("DELETE", "/certs/a")),
        (Delete(key("Instance", "s/i")), Request("DELETE", "/systems/s/instances/i")),
    ],
)
def test_a_write_has_its_own_verb(change: Change, request_: Request) -> None:
    assert requests.write(change) == request_


@pytest.mark.parametrize(
    "change",
    [
        Apply(key("System", "s"), {}),
        Apply(key("InstanceGroup", "g"), {}),
        Apply(key("User", "u"), {}),
        Delete(key("System", "s")),
        Delete(key("InstanceGroup", "g")),
        Delete(key("StagedConfiguration", "c")),
    ],
)
def test_what_the_api_does_not_have_is_not_imitated(change: Change) -> None:
    with pytest.raises(Unsupported):
        requests.write(change)


@pytest.mark.parametrize(
    ("order", "method", "path"),
    [
        (Create("InstanceGroup", {"name": "g"}), "POST", "/instance-groups"),
        (Create("StagedConfiguration", {}), "POST", "/configs"),
        (Patch(key("System", "s"), {"tags": []}), "PATCH", "/systems/s"),
        (Publish(key("Instance", "s/i"), {}), "POST", "/systems/s/instances/i/config"),
        (Publish(key("InstanceGroup", "g"), {}), "POST", "/instance-groups/g/config"),
        (Scan({}), "POST", "/servers/scan"),
    ],
)
def test_an_order_has_its_own_verb(order: Order, method: str, path: str) -> None:
    found = requests.order(order)
    assert (found.method, found.path) == (method, path)


@pytest.mark.parametrize(
    "path", ["/systems/instances/deployments/d-1", "/instance-groups/deployments/d-1"]
)
def test_a_deployment_is_followed_by_its_link(path: str) -> None:
    rel = f"/api/platform/v1{path}"
    for links in (Link(rel), (Link(), Link(rel))):
        assert requests.followed(Accepted("uid", links)) == (path,)


@pytest.mark.parametrize(
    "rel", ["/api/platform/v1/../../admin", "https://elsewhere.example/x", "/somewhere/else", ""]
)
def test_a_link_that_leads_elsewhere_is_not_followed(rel: str) -> None:
    assert requests.followed(Accepted("uid", Link(rel))) == (
        "/systems/instances/deployments/uid",
        "/instance-groups/deployments/uid",
    )
    assert requests.followed(Accepted("", Link(rel))) == ()


def test_a_configuration_is_below_its_owner() -> None:
    found = requests.configuration(KINDS["Instance"], "s/i", "5217&x=1")
    assert found == "/systems/s/instances/i/config?externalId=5217%26x%3D1"
    assert requests.configuration(KINDS["StagedConfiguration"], "c") == "/configs/c"


def test_every_kind_says_how_it_is_asked_for() -> None:
    assert VERBS.keys() == KINDS.keys()
    for name, kind in KINDS.items():
        verbs = VERBS[name]
        assert verbs.gets or not kind.unlisted
        assert bool(kind.writable) is bool(verbs.applies or verbs.creates or verbs.deletes)
        assert kind.type_name == f"Nginx{name}"
