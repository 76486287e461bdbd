"""How its own services are doing."""

from gateway.model.resources import Wire


class Health(Wire, frozen=True):
    """What Instance Manager says of its own services."""

    status: str = ""
    services: dict[str, str] = {}
    timestamp: str | None = None
