"""Changes to the Envoy configuration of dataplanes."""

from typing import Annotated

from gateway.model.confs.parts import Proxies
from gateway.model.resources import Wire


class ProxyResource(Wire, frozen=True):
    """A resource that is put into Envoy's configuration as it is."""

    name: Annotated[str, "Its name."] = ""
    version: Annotated[str | None, "Its version."] = None
    resource: Annotated[str | None, "The resource itself, in YAML."] = None


class ProxyPartMatch(Wire, frozen=True):
    """Which parts are meant: all that holds of them."""

    origin: Annotated[str | None, "What made it: inbound, outbound, prometheus, …"] = None
    name: Annotated[str | None, "Its name."] = None
    tags: Annotated[dict[str, str], "Tags of a listener."] = {}
    listener_name: Annotated[str | None, "The name of a filter's listener."] = None
    listener_tags: Annotated[dict[str, str], "Tags of a filter's listener."] = {}
    route_configuration_name: Annotated[
        str | None, "The name of a virtual host's route configuration."
    ] = None


class ProxyPartChange(Wire, frozen=True):
    """A change of parts of one sort."""

    operation: Annotated[str, "add, remove, patch, addFirst, addLast, addBefore or addAfter."] = ""
    match: Annotated[ProxyPartMatch | None, "Which parts are changed."] = None
    value: Annotated[str | None, "What is added or patched in, in YAML."] = None


class ProxyModification(Wire, frozen=True):
    """One change, of one of these."""

    cluster: Annotated[ProxyPartChange | None, "Of clusters."] = None
    listener: Annotated[ProxyPartChange | None, "Of listeners."] = None
    network_filter: Annotated[ProxyPartChange | None, "Of network filters."] = None
    http_filter: Annotated[ProxyPartChange | None, "Of HTTP filters."] = None
    virtual_host: Annotated[ProxyPartChange | None, "Of virtual hosts."] = None


class ProxyTemplateConf(Wire, frozen=True):
    """Changes to Envoy's configuration."""

    imports: Annotated[tuple[str, ...], "Profiles that it begins with, such as default-proxy."] = ()
    resources: Annotated[tuple[ProxyResource, ...], "Resources that are put in as they are."] = ()
    modifications: Annotated[tuple[ProxyModification, ...], "Changes, in this order."] = ()


class ProxyTemplate(Proxies, frozen=True):
    """The body of a ProxyTemplate."""

    conf: Annotated[ProxyTemplateConf | None, "What is changed."] = None
