"""Where a resource was made, and by what it is recognised wherever synchronisation copied it.

A Global and its zones store each other's resources: under other names, with labels that tell.
"""

from enum import StrEnum
from typing import Final

import msgspec

from gateway.model.control_planes import ControlPlane
from gateway.model.resources import Resource, Stored
from gateway.model.tags import ZONE

ORIGIN: Final = "kuma.io/origin"
DISPLAY_NAME: Final = "kuma.io/display-name"
NAMESPACE: Final = "k8s.kuma.io/namespace"
TELLING: Final = ("labels", "kri")
"""The members of a content that tell where it was made."""
LABELS_SINCE: Final = (2, 6)
"""The version from which on what comes from a zone is labelled on a Global."""
_KRI_PARTS: Final = 7


class Origin(StrEnum):
    """Where a resource was made."""

    GLOBAL = "GLOBAL"
    ZONE = "ZONE"


class Made(msgspec.Struct, frozen=True):
    """Where a resource was made: at a Global, or in a zone and in which; None is not told."""

    origin: Origin | None = None
    zone: str | None = None


Identity = tuple[str, str, str | None, str, str, str]


def made(content: Stored, plane: ControlPlane | None) -> Made:
    """Where a resource was made that this control plane stores.

    Its labels say, or its KRI; where neither does, nobody else's resources can stand there.
    """
    if not isinstance(content, Stored):
        # Instance Manager's things are kept in one place alone.
        return Made()
    labelled = content.labels.get(ORIGIN)
    zone = content.labels.get(ZONE) or zone_of(content.kri)
    is_global = plane is not None and plane.mode == "global"
    if labelled == "global":
        return Made(Origin.GLOBAL)
    if labelled == "zone" or zone:
        here = plane.zone if plane is not None and not is_global else None
        return Made(Origin.ZONE, zone or here)
    if plane is None or plane.version is None:
        return Made()
    if is_global:
        return Made(Origin.GLOBAL) if plane.version >= LABELS_SINCE else Made()
    if plane.federated:
        # Its own zone bears no label, and the KRI that it has at the Global.
        return Made(Origin.GLOBAL) if content.kri else Made()
    return Made(Origin.ZONE, plane.zone) if plane.mode == "zone" else Made()


def zone_of(kri: str | None) -> str | None:
    """The zone in a KRI, `kri_dp_mesh_zone_namespace_name_section`; most made at none have none."""
    parts = kri.split("_") if kri else ()
    return parts[3] or None if len(parts) == _KRI_PARTS else None


def identity(resource: Resource, plane: ControlPlane | None) -> Identity:
    """What is the same for all copies of a resource, and for nothing else."""
    content = resource.content
    federation = plane.cluster if plane is not None and plane.cluster else resource.upstream
    return (
        federation,
        resource.kind.name,
        resource.mesh,
        made(content, plane).zone or "",
        content.labels.get(NAMESPACE, ""),
        content.labels.get(DISPLAY_NAME) or content.name,
    )
