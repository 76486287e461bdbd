"""Which Instance Manager is meant, and its lists as connections."""

from typing import Any

from gateway.errors import BadUserInput, Unsupported
from gateway.model.control_planes import Product
from gateway.model.pages import Page
from gateway.schema.collecting import collection
from gateway.schema.connections import connection
from gateway.schema.context import Info
from gateway.schema.filters import Keep
from gateway.upstreams.base import Adapter
from gateway.upstreams.nginx_instance_manager import InstanceManager


def manager(info: Info, name: str | None) -> InstanceManager:
    """The one of that name, or the only one there is.

    Raises BadUserInput where several could be meant or the name is another product's, Unsupported
    where there is none.
    """
    upstreams = info.context.chosen(name)
    found = [one for one in upstreams if one.product is Product.NGINX_INSTANCE_MANAGER]
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise BadUserInput(f"several control planes could be meant; name one of: {names}")
    if not found and name is not None:
        raise BadUserInput(f"the control plane {name!r} is no NGINX Instance Manager")
    if not found:
        raise Unsupported("no NGINX Instance Manager is configured")
    return of(found[0])


def of(upstream: Adapter) -> InstanceManager:
    """An upstream as the Instance Manager that it is."""
    if not isinstance(upstream, InstanceManager):
        raise BadUserInput(f"the control plane {upstream.name!r} is no NGINX Instance Manager")
    return upstream


async def listed(
    info: Info,
    upstream: Adapter,
    kind: str,
    first: int | None,
    after: str | None,
    keep: Keep = lambda _: True,
) -> Any:
    """Things of one kind that one Instance Manager keeps."""

    async def ask(one: Adapter) -> list[Page]:
        return await collection(info, one, kind)

    return await connection(info, (upstream,), ask, keep=keep, first=first, after=after)
