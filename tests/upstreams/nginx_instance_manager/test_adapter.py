import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from gateway.errors import BadResponse, NotFound, Unauthenticated, Unsupported
from gateway.model.changes import Apply, Delete, Outcome
from gateway.model.nginx_instance_manager.changes import Create, Patch, Publish
from gateway.model.nginx_instance_manager.deployments import Accepted
from gateway.model.pages import Listing
from gateway.model.resources import ResourceKey
from gateway.settings import AuthSettings
from gateway.upstreams.base import Answer, Viewer
from gateway.upstreams.nginx_instance_manager import InstanceManager
from gateway.upstreams.nginx_instance_manager.fake import FakeInstanceManager
from gateway.upstreams.nginx_instance_manager.fake.fleet import files
from gateway.upstreams.nginx_instance_manager.requests import deployments
from tests.upstreams.nginx_instance_manager.fixtures import JSON
from tests.upstreams.nginx_instance_manager.fleet import Clock, fleet, manager, operation


class Scripted:
    """A Transport that gives answers in their order by the last part of a path, then for ever."""

    def __init__(self, answers: Mapping[str, list[Any]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        target = url.removeprefix("http://nim.example/api/platform/v1")
        self.asked.append(f"{method} {target}")
        given = self.answers.get(target.partition("?")[0], [{}])
        found = given.pop(0) if len(given) > 1 else given[0]
        return found if isinstance(found, Answer) else Answer(200, JSON, msgspec.json.encode(found))

    async def close(self) -> None:
        """Nothing is open."""


def key(kind: str, name: str) -> ResourceKey:
    return ResourceKey("fleet", kind, None, name)


def page(names: range, **more: Any) -> dict[str, Any]:
    return {"items": [{"uid": f"s-{name}"} for name in names], **more}


async def systems(transport: Scripted) -> list[str]:
    found = await manager(transport).list(Listing("fleet", "System"), operation())
    return [row.content.name for row in found.rows]


async def test_discovery_tells_the_version_the_kinds_and_how_many_there_are() -> None:
    fake = fleet(7)
    found = await manager(fake.transport()).discover(Viewer())
    assert (found.version_text, found.read_only, found.mode) == ("2.20.0", False, None)
    assert found.counts == {("Instance", None): 7, ("System", None): 7}
    assert {name for name, one in found.kinds.items() if not one.writable} == {
        "Server",
        "User",
        "Role",
        "ResourceGroup",
    }
    assert len(fake.requests) == 4


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"/userinfo": [Answer(401, {}, b"{}")]}, Unauthenticated),
        (
            {"/userinfo": [Answer(302, {"nginx-management-suite-auth": "OIDC"}, b"")]},
            Unauthenticated,
        ),
        ({"/userinfo": [Answer(200, {}, b"<html>login</html>")]}, BadResponse),
        (
            {
                path: [Answer(404, {}, b"404")]
                for path in ("/userinfo", "/modules/versions", "/instances", "/systems")
            },
            BadResponse,
        ),
    ],
)
async def test_what_is_no_instance_manager_is_not_taken_for_one(
    answers: dict[str, list[Any]], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await manager(Scripted(answers)).discover(Viewer())


async def test_a_bearer_token_opens_one_with_openid() -> None:
    fake = fleet(oidc=True)
    auth = AuthSettings(type="bearer", token=fake.token)
    assert (await manager(fake.transport(), auth=auth).discover(Viewer())).version_text == "2.20.0"


@pytest.mark.parametrize(
    ("hosts", "calls"), [(0, 1), (1, 1), (99, 1), (100, 1), (101, 2), (200, 2), (230, 3)]
)
async def test_a_list_ends_with_what_it_counts(hosts: int, calls: int) -> None:
    fake = fleet(hosts)
    one = manager(fake.transport())
    await one.discover(Viewer())
    fake.requests.clear()
    found = await one.list(Listing("fleet", "Instance"), operation())
    assert (len(found.rows), found.broken) == (hosts, ())
    assert len(fake.requests) == calls


async def test_shorter_pages_than_were_asked_for_are_followed_to_the_count() -> None:
    pages = [page(range(1)), *(page(range(at, at + 50), count=120) for at in (0, 50))]
    transport = Scripted({"/systems": [*pages, page(range(100, 120), count=120)]})
    assert len(await systems(transport)) == 120


async def test_a_list_that_counts_what_it_does_not_show_ends_with_an_empty_page() -> None:
    pages = [page(range(1)), page(range(100), count=300), page(range(0), count=300)]
    transport = Scripted({"/systems": pages})
    assert len(await systems(transport)) == 100


async def test_a_list_that_counts_nothing_ends_with_a_short_page() -> None:
    pages = [page(range(1)), page(range(100)), page(range(100, 150))]
    transport = Scripted({"/systems": pages})
    assert len(await systems(transport)) == 150


async def test_the_token_of_the_first_page_is_kept() -> None:
    pages = [
        page(range(1)),
        page(range(100), pageToken="t-1"),
        page(range(100, 200)),
        page(range(200, 201)),
    ]
    transport = Scripted({"/systems": pages})
    assert len(await systems(transport)) == 201
    asked = [one for one in transport.asked if "/systems" in one][1:]
    assert [one.partition("pageToken=")[2] for one in asked] == ["", "t-1", "t-1"]


@pytest.mark.parametrize("rows", [100, 150])
async def test_a_list_without_pages_is_read_once(rows: int) -> None:
    transport = Scripted({"/systems": [page(range(rows))]})
    assert len(await systems(transport)) == rows


async def test_nothing_stands_in_a_mesh() -> None:
    found = await manager(fleet().transport()).list(
        Listing("fleet", "Instance", "shop"), operation()
    )
    assert found.rows == ()


async def test_what_is_not_listed_is_unsupported_and_what_has_no_get_is_found_in_its_list() -> None:
    fake = fleet()
    one = manager(fake.transport())
    with pytest.raises(Unsupported, match="lists no kind"):
        await one.list(Listing("fleet", "Role"), operation())
    with pytest.raises(Unsupported, match="keeps no kind"):
        await one.list(Listing("fleet", "Mesh"), operation())
    found = await one.get(key("Server", "192.168.56.2:80"), operation(), overview=False)
    assert found is not None
    assert await one.get(key("Server", "1.2.3.4:80"), operation(), overview=False) is None
    assert await one.get(key("System", "nobody"), operation(), overview=False) is None


async def test_what_is_too_fast_is_waited_out_writes_too() -> None:
    clock = Clock()
    fake = FakeInstanceManager(clock=clock, rate=1.0, burst=0)
    one = manager(fake.transport(), clock)
    for _ in range(3):
        await one.create(Create("InstanceGroup", {"name": str(_)}), operation())
    assert len(fake.store.rows("instance-groups")) == 3
    assert fake.refused


async def published(
    fake: FakeInstanceManager, clock: Clock, text: str, wait: float = 30.0
) -> tuple[InstanceManager, Accepted, Any]:
    one = manager(fake.transport(), clock)
    row = fake.store.rows("instances")[0]
    change = Publish(key("Instance", f"{row['systemUid']}/{row['uid']}"), files(text))
    accepted = await one.publish(change, operation())
    return one, accepted, await one.followed(accepted, operation(wait))


async def test_a_publication_is_followed_until_nothing_is_pending() -> None:
    clock = Clock()
    _, accepted, found = await published(fleet(1, clock=clock), clock, "events {}")
    assert found.id == accepted.deployment_uid
    assert (found.status, [one.name for one in found.details.success]) == (
        "successful",
        ["nginx-001"],
    )


async def test_a_publication_that_fails_says_where() -> None:
    clock = Clock()
    _, _, found = await published(fleet(1, clock=clock), clock, "http {")
    assert found.is_settled
    assert [one.name for one in found.details.failure] == ["nginx-001"]


async def test_one_that_is_not_known_yet_is_waited_for_and_the_deadline_ends_it() -> None:
    clock = Clock()
    fake = fleet(1, clock=clock)
    fake.store.late, fake.store.seconds = 3.0, 1e9
    _, _, found = await published(fake, clock, "events {}")
    assert found is not None
    assert [one.name for one in found.details.pending] == ["nginx-001"]
    fake.store.late = 1e9
    _, _, never = await published(fake, clock, "events {}", wait=1.2)
    assert never is None


async def test_the_last_look_comes_right_before_the_deadline() -> None:
    transport, clock = Scripted({"/systems/instances/deployments/d": [{}]}), Clock()
    started = clock.now
    one = manager(transport, clock)
    await one.followed(Accepted("d"), operation(2.25, calls=4))
    assert clock.now - started == pytest.approx(0.25 + 0.5 + 1.0)
    ended = clock.now
    await one.followed(Accepted("d"), operation(1.1, calls=2))
    assert clock.now - ended == pytest.approx(0.1, abs=0.02)


async def test_a_deployment_to_a_group_is_found_by_its_uid() -> None:
    transport = Scripted(
        {
            "/systems/instances/deployments/d": [Answer(404, JSON, b"{}")],
            "/instance-groups/deployments/d": [{"id": "d", "status": "successful"}],
        }
    )
    found = await manager(transport).deployment(deployments("d"), operation())
    assert found is not None
    assert found.is_settled


async def test_a_failed_look_does_not_undo_what_was_accepted() -> None:
    transport = Scripted(
        {"/systems/instances/deployments/d": [Answer(500, {}, b"")] * 2 + [{"status": "failed"}]}
    )
    found = await manager(transport).followed(Accepted("d"), operation())
    assert found is not None
    assert found.status == "failed"


async def test_an_instance_takes_the_files_of_what_is_staged() -> None:
    fake = fleet(1)
    one = manager(fake.transport())
    uid = fake.store.rows("configs")[0]["uid"]
    asked = {"configUid": uid, "ignoreConflict": True}
    made = await one.unstaged(Publish(key("Instance", "s/i"), asked), "now", operation())
    assert made.body.keys() == {"auxFiles", "configFiles", "updateTime", "ignoreConflict"}
    assert (
        made.body["configFiles"]["files"]
        == fake.store.configurations[f"/configs/{uid}"]["configFiles"]["files"]
    )
    group = Publish(key("InstanceGroup", "g"), asked)
    assert await one.unstaged(group, "now", operation()) is group
    nobody = Publish(key("Instance", "s/i"), {"configUid": "nobody"})
    with pytest.raises(NotFound):
        await one.unstaged(nobody, "now", operation())


async def test_writes_say_what_they_did() -> None:
    fake = fleet(1)
    one = manager(fake.transport())
    body = {"name": "a", "certPEMDetails": {"type": "PKCS12"}}
    for outcome in (Outcome.CREATED, Outcome.UPDATED):
        assert (
            await one.write(Apply(key("Certificate", "a"), body), operation())
        ).outcome is outcome
    deleted = await one.write(Delete(key("Certificate", "a")), operation())
    assert deleted.outcome is Outcome.DELETED
    uid = fake.store.rows("systems")[0]["uid"]
    await one.patch(Patch(key("System", uid), {"tags": ["env:new"]}), operation())
    assert fake.store.rows("systems")[0]["tags"] == ["env:new"]


@pytest.mark.parametrize("told", [Answer(201, {}, b""), Answer(201, JSON, b'{"name":"green"}')])
async def test_what_was_made_is_found_in_its_list_where_the_answer_does_not_tell_its_uid(
    told: Answer,
) -> None:
    rows = [{"uid": "g-1", "name": "blue"}, {"uid": "g-2", "name": "green"}]
    transport = Scripted({"/instance-groups": [told, {"items": rows}]})
    one = manager(transport)
    made = await one.create(Create("InstanceGroup", {"name": "green"}), operation())
    assert made == key("InstanceGroup", "g-2")
    transport.answers = {"/instance-groups": [told, {"items": [rows[1], rows[1]]}]}
    with pytest.raises(BadResponse, match="its uid was not told"):
        await one.create(Create("InstanceGroup", {"name": "green"}), operation())


async def test_a_publication_that_is_accepted_without_a_word_is_accepted() -> None:
    transport = Scripted({"/systems/s/instances/i/config": [Answer(202, {}, b"")]})
    one = manager(transport)
    accepted = await one.publish(Publish(key("Instance", "s/i"), {}), operation())
    assert await one.followed(accepted, operation()) is None


async def test_health_is_read_from_a_503_and_not_from_any_other_page() -> None:
    fake = fleet()
    fake.healthy = False
    one = manager(fake.transport())
    for _ in range(20):
        found = await one.own_health(operation())
        assert (found.status, found.services["dpm"]) == ("unhealthy", "unhealthy")
    assert len(fake.requests) == 20
    page = Scripted({"/health": [Answer(503, {}, b"<html>")]})
    with pytest.raises(Exception, match="not available"):
        await manager(page, retries=0).own_health(operation())


async def test_events_are_read_from_where_the_last_page_ended_and_no_further() -> None:
    fake = fleet(250)
    one = manager(fake.transport())
    first = await one.events({}, operation(), token=None, offset=0, size=100)
    assert (len(first.rows), first.total, len(fake.requests)) == (100, 250, 1)
    fake.requests.clear()
    later = await one.events({}, operation(), token=first.token, offset=150, size=100)
    assert (len(later.rows), len(fake.requests)) == (150 - 50, 2)
    assert all(f"pageToken={first.token}" in target for _, target in fake.requests)
    assert all("pageSize=100" in target for _, target in fake.requests)


async def test_a_hundred_at_twenty_a_second_meet_no_429() -> None:
    """The one measured in real time: about five and a half seconds."""
    fake = FakeInstanceManager(rate=20.0, burst=10)
    one = manager(fake.transport(), rate_limit=None, share_calls=False)
    started = asyncio.get_running_loop().time()
    await asyncio.gather(
        *(one.get(key("System", str(number)), operation(), overview=False) for number in range(100))
    )
    assert fake.refused == 0
    assert 5.0 < asyncio.get_running_loop().time() - started < 8.0
