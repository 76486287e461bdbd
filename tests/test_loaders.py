import asyncio
import gc
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from gateway.errors import BadResponse, MeshgateError, UpstreamUnavailable
from gateway.loaders import Loaders, Wanted
from gateway.model.control_planes import ControlPlane, Product, Served
from gateway.model.kinds import Scope
from gateway.model.pages import Listing, Narrowing, Page
from gateway.model.reads import Reads, either, paths
from gateway.model.resources import Resource, ResourceKey, Stored
from gateway.upstreams.base import Operation, Viewer
from gateway.upstreams.kuma.kinds import KINDS

BROKEN = BadResponse("prod: the answer cannot be read as a Dataplane", upstream="prod")


def resource(mesh: str | None, name: str, kind: str = "Dataplane") -> Resource:
    return Resource("prod", KINDS[kind], Stored(name=name, mesh=mesh), msgspec.Raw(b"{}"))


def key(mesh: str | None, name: str, kind: str = "Dataplane") -> ResourceKey:
    return ResourceKey("prod", kind, mesh, name)


def listing(mesh: str | None, *, overview: bool = False) -> Listing:
    return Listing("prod", "Dataplane", mesh, overview)


class Upstream:
    """An upstream that holds dataplanes `a`, `b` and `c` in each of its meshes.

    `asked` holds what was asked for, lists as their mesh and gets as mesh/name; `down` are the
    meshes that fail; while `gate` is closed nothing is answered.
    """

    def __init__(self, *meshes: str, counts: Mapping[tuple[str, str | None], int] | None = None):
        self.rows = [resource(mesh, name) for mesh in meshes for name in "abc"]
        self.asked: list[str | None] = []
        self.down: set[str | None] = set()
        self.broken: tuple[MeshgateError, ...] = ()
        self.gate = asyncio.Event()
        self.gate.set()
        self._known = ControlPlane(name="prod", product=Product.KUMA, counts=counts or {})

    def keep(self, served: Served) -> None:
        """Store one more kind."""
        kinds = {served.kind.name: served}
        self._known = replace(self._known, kinds=kinds)

    def known(self, viewer: Viewer) -> ControlPlane:
        return self._known

    async def list(self, wanted: Listing, operation: Operation) -> Page:
        self.asked.append(f"{wanted.mesh or '*'}{'+' if wanted.overview else ''}")
        await self.gate.wait()
        if wanted.mesh in self.down:
            raise UpstreamUnavailable("prod: the connection was refused")
        rows = tuple(one for one in self.rows if wanted.mesh in (None, one.mesh))
        return Page(rows, len(rows), None, self.broken)

    async def get(
        self,
        wanted: ResourceKey,
        operation: Operation,
        *,
        overview: bool,
        reads: Reads | None = None,
    ) -> Resource | None:
        self.asked.append(f"{wanted.mesh}/{wanted.name}{'+' if overview else ''}")
        await self.gate.wait()
        if wanted.mesh in self.down:
            raise UpstreamUnavailable("prod: the connection was refused")
        return next((one for one in self.rows if one.key == wanted), None)


def loaders(upstream: Upstream) -> Loaders:
    upstreams: Any = {"prod": upstream}
    return Loaders(upstreams, Operation(Viewer(), seconds=10, calls=100))


def names(page: Page) -> list[str]:
    return [f"{row.mesh}/{row.content.name}" for row in page.rows]


async def test_what_is_asked_for_twice_is_asked_for_once() -> None:
    upstream = Upstream("m")
    load = loaders(upstream)
    first, second = await asyncio.gather(load.page(listing("m")), load.page(listing("m")))
    assert first is second is await load.page(listing("m"))
    assert upstream.asked == ["m"]


async def test_many_keys_of_one_collection_become_one_list() -> None:
    upstream = Upstream("m")
    load = loaders(upstream)
    found = await asyncio.gather(*(load.resource(key("m", name)) for name in "abcdefgh"))
    assert [one and one.content.name for one in found] == ["a", "b", "c", *[None] * 5]
    assert upstream.asked == ["m"]


async def test_a_few_keys_of_a_long_collection_are_got_one_by_one() -> None:
    upstream = Upstream("m", counts={("Dataplane", "m"): 50_000})
    load = loaders(upstream)
    found = await asyncio.gather(*(load.resource(key("m", name)) for name in "abz"))
    assert [one and one.content.name for one in found] == ["a", "b", None]
    assert upstream.asked == ["m/a", "m/b", "m/z"]


async def test_what_is_in_lists_alone_is_never_got_by_itself() -> None:
    upstream = Upstream("m")
    kind = replace(KINDS["Dataplane"], listed_only=True)
    upstream.keep(Served(kind, kind.path, writable=False))
    found = await loaders(upstream).resource(key("m", "a"))
    assert found is not None
    assert upstream.asked == ["m"]


async def test_meshes_become_one_list_and_each_is_given_its_part() -> None:
    upstream = Upstream("m", "n", "o")
    load = loaders(upstream)
    pages = await asyncio.gather(*(load.page(listing(mesh)) for mesh in ("m", "o", "x")))
    assert [names(page) for page in pages] == [["m/a", "m/b", "m/c"], ["o/a", "o/b", "o/c"], []]
    assert [page.total for page in pages] == [3, 3, 0]
    assert upstream.asked == ["*"]


NAMES, TAGS = Reads(frozenset({("name",)})), Reads(frozenset({("tags",)}))


async def test_lists_of_which_each_reads_another_part_become_one() -> None:
    upstream = Upstream("m", "n")
    load = loaders(upstream)
    wanted = [replace(listing("m"), reads=one) for one in (NAMES, TAGS, None)]
    pages = await asyncio.gather(*(load.page(one) for one in wanted))
    assert [names(page) for page in pages] == [["m/a", "m/b", "m/c"]] * 3
    assert upstream.asked == ["m"]


async def test_a_list_answers_who_reads_less_of_it_and_not_who_reads_more() -> None:
    upstream = Upstream("m", "n")
    load = loaders(upstream)
    both = replace(listing(None), reads=either(NAMES, TAGS))
    await load.page(both)
    part = await load.page(replace(listing("m"), reads=TAGS))
    assert (names(part), upstream.asked) == (["m/a", "m/b", "m/c"], ["*"])
    await load.page(listing("m"))
    assert upstream.asked == ["*", "m"]


async def test_what_is_in_lists_alone_may_have_any_name() -> None:
    upstream = Upstream("m")
    upstream.keep(Served(replace(KINDS["Dataplane"], listed_only=True), "", writable=False))
    assert await loaders(upstream).resource(key("m", "a/b")) is None
    assert upstream.asked == ["m"]


@pytest.mark.parametrize("name", ["a/b", "", ".."])
async def test_a_name_that_cannot_be_is_looked_for_in_no_list(name: str) -> None:
    upstream = Upstream("m")
    load = loaders(upstream)
    await load.page(listing(None))
    await load.resource(key("m", name))
    await load.resource(key(name, "a"))
    assert upstream.asked == ["*", f"m/{name}", f"{name}/a"]


async def test_a_get_brings_all_of_a_resource_however_much_is_read() -> None:
    upstream = Upstream("m", counts={("Dataplane", "m"): 50_000})
    load = loaders(upstream)
    for reads in (NAMES, TAGS, None):
        assert await load.resource(key("m", "a"), reads=reads)
    assert upstream.asked == ["m/a"]


async def test_what_was_got_alone_answers_who_reads_no_more_of_it() -> None:
    upstream = Upstream("m")
    load, some = loaders(upstream), Reads(paths("labels"))
    found = await load.sole(key("m", "a"), reads=some)
    assert found is await load.resource(key("m", "a"), reads=some)
    assert await load.sole(key("m", "z")) is None
    assert await load.resource(key("m", "z"), reads=some) is None
    assert upstream.asked == ["m/a", "m/z"]
    assert await load.resource(key("m", "a"), overview=True)
    load = loaders(upstream)
    await load.sole(key("m", "a"), reads=some)
    assert await load.resource(key("m", "a"))
    assert upstream.asked[2:] == ["m/a+", "m/a", "m/a"]


async def test_what_was_got_alone_is_asked_for_again_after_a_write_and_where_it_failed() -> None:
    upstream = Upstream("m")
    load = loaders(upstream)
    await load.sole(key("m", "a"))
    load.clear()
    await load.resource(key("m", "a"))
    upstream.down = {"n"}
    with pytest.raises(UpstreamUnavailable) as raised:
        await load.sole(key("n", "a"))
    assert load.operation.failed == [raised.value]
    assert upstream.asked == ["m/a", "m/a", "n/a"]


async def test_a_list_that_was_asked_for_answers_gets_and_the_lists_within_it() -> None:
    upstream = Upstream("m", "n")
    load = loaders(upstream)
    await load.page(listing(None))
    found = await load.resource(key("m", "a"))
    assert found is not None
    assert await load.resource(key("m", "z")) is None
    assert names(await load.page(listing("n"))) == ["n/a", "n/b", "n/c"]
    assert upstream.asked == ["*"]


async def test_a_list_of_one_mesh_answers_nothing_of_another() -> None:
    upstream = Upstream("m", "n")
    load = loaders(upstream)
    await load.page(listing("m"))
    await load.resource(key("m", "a"))
    await load.resource(key("n", "a"))
    assert upstream.asked == ["m", "n/a"]


async def test_a_list_without_insights_does_not_answer_for_one_with_them() -> None:
    upstream = Upstream("m")
    load = loaders(upstream)
    await load.page(listing("m"))
    await load.page(listing("m", overview=True))
    await load.resource(key("m", "a"), overview=True)
    assert upstream.asked == ["m", "m+"]


async def test_a_list_that_is_still_under_way_is_waited_for() -> None:
    upstream = Upstream("m")
    upstream.gate.clear()
    load = loaders(upstream)
    page = asyncio.create_task(load.page(listing("m")))
    for _ in range(5):
        await asyncio.sleep(0)
    one = asyncio.create_task(load.resource(key("m", "a")))
    for _ in range(5):
        await asyncio.sleep(0)
    upstream.gate.set()
    await asyncio.gather(page, one)
    assert upstream.asked == ["m"]


async def test_what_stands_in_no_mesh_is_got_and_listed_alike() -> None:
    upstream = Upstream()
    upstream.rows = [resource(None, name, "Zone") for name in "ab"]
    load = loaders(upstream)
    keys = [key(None, name, "Zone") for name in "abcd"]
    found = await asyncio.gather(*map(load.resource, keys))
    assert [one and one.key for one in found] == [*keys[:2], None, None]
    assert upstream.rows[0].kind.scope is Scope.GLOBAL
    assert upstream.asked == ["*"]


async def test_the_list_of_one_mesh_that_fails_costs_that_mesh_alone() -> None:
    small: dict[tuple[str, str | None], int] = {("Dataplane", mesh): 3 for mesh in "mn"}
    small["Dataplane", None] = 50_000
    upstream = Upstream("m", "n", counts=small)
    upstream.down = {"m"}
    load = loaders(upstream)
    found = await asyncio.gather(
        *(load.page(listing(mesh)) for mesh in "mn"),
        *(load.resource(key(mesh, name)) for mesh in "mn" for name in "ab"),
        return_exceptions=True,
    )
    failed, page, *ones = found
    assert isinstance(failed, UpstreamUnavailable)
    assert isinstance(page, Page)
    assert [type(one) for one in ones] == [*[UpstreamUnavailable] * 2, *[Resource] * 2]


async def test_a_get_that_fails_costs_its_own_key_alone() -> None:
    long: dict[tuple[str, str | None], int] = {("Dataplane", mesh): 50_000 for mesh in "mn"}
    upstream = Upstream("m", "n", counts=long)
    upstream.down = {"m"}
    load = loaders(upstream)
    both = [key("m", "a"), key("n", "a")]
    failed, found = await asyncio.gather(*map(load.resource, both), return_exceptions=True)
    assert isinstance(failed, UpstreamUnavailable)
    assert isinstance(found, Resource)


async def test_what_is_missing_from_a_list_with_broken_rows_may_be_one_of_them() -> None:
    upstream = Upstream("m")
    upstream.broken = (BROKEN,)
    load = loaders(upstream)
    keys = [key("m", name) for name in "abcz"]
    found = await asyncio.gather(*map(load.resource, keys), return_exceptions=True)
    assert [isinstance(one, Resource) for one in found] == [True, True, True, False]
    assert found[3] is BROKEN


async def test_after_a_write_everything_is_asked_for_again() -> None:
    upstream = Upstream("m")
    load = loaders(upstream)
    assert await load.resource(key("m", "z")) is None
    await load.page(listing("m"))
    upstream.rows.append(resource("m", "z"))
    assert await load.resource(key("m", "z")) is None
    load.clear()
    found = await load.resource(key("m", "z"))
    assert found is not None
    assert len((await load.page(listing("m"))).rows) == 4
    assert upstream.asked == ["m/z", "m", "m/z", "m"]


async def test_what_failed_is_tried_again_after_a_write_and_not_before() -> None:
    upstream = Upstream("m")
    upstream.down = {"m"}
    load = loaders(upstream)
    for _ in range(2):
        with pytest.raises(UpstreamUnavailable):
            await load.page(listing("m"))
    upstream.down = set()
    load.clear()
    assert len((await load.page(listing("m"))).rows) == 3
    assert upstream.asked == ["m", "m"]


@pytest.mark.parametrize("down", [set(), {"m", None}], ids=["answered", "failed"])
@pytest.mark.parametrize("turns", range(7))
async def test_an_operation_that_is_given_up_leaves_no_error_that_nobody_awaits(
    turns: int, down: set[str | None]
) -> None:
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
    upstream = Upstream("m", counts={("Dataplane", "m"): 50_000})
    upstream.down = down
    upstream.gate.clear()
    load = loaders(upstream)
    asking = [
        asyncio.create_task(load.page(listing("m"))),
        asyncio.create_task(load.page(listing(None))),
        asyncio.create_task(load.resource(key("m", "a"))),
    ]
    for _ in range(turns):
        await asyncio.sleep(0)
    for one in asking:
        one.cancel()
    await asyncio.wait(asking)
    upstream.gate.set()
    del load, asking, one
    for _ in range(10):
        await asyncio.sleep(0)
    gc.collect()
    assert faults == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_fault_of_our_own_reaches_whoever_asked_and_is_not_kept() -> None:
    upstream = Upstream("m")

    async def broken(wanted: Listing, operation: Operation) -> Page:
        raise ZeroDivisionError

    upstream.list = broken  # type: ignore[method-assign]
    with pytest.raises(ZeroDivisionError):
        await loaders(upstream).page(listing("m"))


def narrower(mesh: str | None) -> Listing:
    return replace(listing(mesh), narrowing=Narrowing(name="a"))


async def test_a_narrower_list_is_found_in_a_wider_one() -> None:
    upstream = Upstream("m", "n")
    several = loaders(upstream)
    await several.page(listing(None))
    pages = [await several.page(narrower(None)), await several.page(narrower("n"))]
    assert upstream.asked == ["*"]
    assert [names(page) for page in pages] == [
        ["m/a", "m/b", "m/c", "n/a", "n/b", "n/c"],
        ["n/a", "n/b", "n/c"],
    ]


async def test_a_narrower_list_is_not_asked_for_beside_a_wider_one() -> None:
    upstream = Upstream("m", "n")
    several = loaders(upstream)
    wanted = [several.page(one) for one in (narrower("m"), listing("m"), narrower("n"))]
    pages = await asyncio.gather(*wanted)
    assert sorted(map(str, upstream.asked)) == ["m", "n"]
    assert [len(page.rows) for page in pages] == [3, 3, 3]


async def test_a_wider_list_is_not_found_in_a_narrower_one() -> None:
    upstream = Upstream("m")
    several = loaders(upstream)
    await several.page(narrower("m"))
    await several.page(listing("m"))
    assert upstream.asked == ["m", "m"]


async def test_many_resources_are_asked_for_at_once_and_each_fails_for_itself() -> None:
    upstream = Upstream("m", "n")
    upstream.down = {"n"}
    wanted = [key("m", "a"), key("n", "a"), key("m", "missing")]
    found = await loaders(upstream).several([Wanted(one) for one in wanted])
    assert found[0] is upstream.rows[0]
    assert isinstance(found[1], UpstreamUnavailable)
    assert found[2] is None
    assert sorted(map(str, upstream.asked)) == ["m/a", "m/missing", "n/a"]


async def test_many_resources_of_a_list_that_is_broken_may_be_what_is_broken_in_it() -> None:
    upstream = Upstream("m", counts={("Dataplane", "m"): 3})
    upstream.broken = (BROKEN,)
    wanted = [Wanted(key("m", name)) for name in ("a", "b", "c", "d")]
    assert await loaders(upstream).several(wanted) == [*upstream.rows, BROKEN]
    assert upstream.asked == ["m"]
    assert await loaders(upstream).several([]) == []
