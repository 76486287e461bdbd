"""What upstreams are is asked in the background, so that no operation waits for it."""

import asyncio
import time
from typing import Final

from gateway import telemetry
from gateway.errors import MeshgateError
from gateway.model.control_planes import ControlPlane
from gateway.upstreams.base import Adapter, Viewer

INTERVAL: Final = 60.0
"""Seconds between two discoveries of one upstream."""
RETRY: Final = 5.0
"""Seconds until an upstream that has never been discovered is asked again."""


async def keep_known(upstream: Adapter) -> None:
    """Discover an upstream again and again until cancelled; a failure leaves what is known.

    The log has a line where something is new.
    """
    told: object = None
    while True:
        started = time.monotonic()
        try:
            found = await upstream.discover(Viewer())
        except MeshgateError as error:
            news: object = error.code
            if news != told:
                telemetry.emit(
                    telemetry.UPSTREAM_UNDISCOVERED,
                    upstream=upstream.name,
                    error=error.code,
                    seconds=round(time.monotonic() - started, 3),
                )
        except Exception as fault:
            news = type(fault)
            if news != told:
                telemetry.emit(telemetry.SERVER_FAULT, fault=fault, where="discovery")
        else:
            news = (found.version_text, found.mode, frozenset(found.kinds))
            if news != told:
                _tell(found, time.monotonic() - started)
        told = news
        known = upstream.known(Viewer()) is not None
        await asyncio.sleep(INTERVAL if known else RETRY)


def _tell(found: ControlPlane, seconds: float) -> None:
    unknown = [name for name, one in found.kinds.items() if one.kind.type_name.startswith("Unkn")]
    telemetry.emit(
        telemetry.UPSTREAM_DISCOVERED,
        upstream=found.name,
        product=found.product.value,
        version=found.version_text,
        mode=found.mode,
        kinds=len(found.kinds),
        unknown=len(unknown),
        seconds=round(seconds, 3),
    )
    for name in unknown:
        telemetry.emit(telemetry.UPSTREAM_UNKNOWN_KIND, upstream=found.name, kind=name)
