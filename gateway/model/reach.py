"""Under which addresses and ports a service is called, in each of Kuma's generations."""

import msgspec

from gateway.model.services import ExternalService, MeshService, Port, ServiceInsight

ServiceContent = ServiceInsight | MeshService | ExternalService
"""What a service may be read into."""


class Opening(msgspec.Struct, frozen=True):
    """A port that clients call, and what is behind it."""

    port: int
    target: str | None = None
    name: str | None = None
    protocol: str | None = None


def split(address: str) -> tuple[str, int | None]:
    """An address without its port, and the port where it has one; IPv6 stands in brackets."""
    host, colon, port = address.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or len(port) > 5:
        return address, None
    return host, int(port)


def hosts(service: ServiceContent) -> list[str]:
    """Hostnames, then virtual addresses, then endpoints, each once."""
    match service:
        case ServiceInsight(address_port=address):
            found = [split(address)[0]]
        case ExternalService(networking=networking):
            found = [split(networking.address)[0]]
        case MeshService(spec=spec, status=status):
            vips = (*status.vips, *((status.vip,) if status.vip else ()))
            found = [one.hostname for one in status.addresses]
            found += [one.ip for one in vips] + [one.address for one in spec.endpoints]
    return list(dict.fromkeys(filter(None, found)))


def openings(service: ServiceContent) -> list[Opening]:
    """The ports that clients call."""
    match service:
        case ServiceInsight(address_port=address):
            port = split(address)[1]
        case ExternalService(networking=networking):
            port = split(networking.address)[1]
        case MeshService(spec=spec):
            called = spec.match
            outside = [Opening(called.port, protocol=called.protocol or None)] if called else []
            return [*map(_opening, spec.ports), *outside]
    return [] if port is None else [Opening(port)]


def _opening(port: Port) -> Opening:
    return Opening(
        port=port.port,
        target=None if port.target_port is None else str(port.target_port),
        name=port.name or None,
        protocol=port.app_protocol or None,
    )
