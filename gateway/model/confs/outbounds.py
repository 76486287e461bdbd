"""Hostnames and ports that are made from tags."""

from typing import Annotated

from gateway.model.confs.parts import Proxies
from gateway.model.resources import Wire


class VirtualOutboundParameter(Wire, frozen=True):
    """A tag under the name that templates call it by."""

    name: Annotated[str, "The name."] = ""
    tag_key: Annotated[str | None, "The tag's key; the name if left out."] = None


class VirtualOutboundConf(Wire, frozen=True):
    """How hostnames and ports are made."""

    host: Annotated[str | None, "A Go template that makes the hostname."] = None
    port: Annotated[str | None, "A Go template that makes the port."] = None
    parameters: Annotated[
        tuple[VirtualOutboundParameter, ...], "The tags that the templates may use."
    ] = ()


class VirtualOutbound(Proxies, frozen=True):
    """The body of a VirtualOutbound."""

    conf: Annotated[VirtualOutboundConf | None, "How they are made."] = None
