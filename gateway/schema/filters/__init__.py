"""Filters: the same meaning whatever the upstream's version could do by itself."""

from gateway.schema.filters.inputs import (
    DataplaneFilter,
    Filter,
    LabelInput,
    MeshFilter,
    NameFilter,
    PolicyFilter,
    ServiceFilter,
    TagInput,
    TargetFilter,
    VersionFilter,
    WhichDataplanes,
    WhichMeshes,
    WhichPolicies,
    WhichServices,
    WhichZones,
    ZoneFilter,
)
from gateway.schema.filters.keeping import Keep, keeps, narrowing, needs_insight

__all__ = [
    "DataplaneFilter",
    "Filter",
    "Keep",
    "LabelInput",
    "MeshFilter",
    "NameFilter",
    "PolicyFilter",
    "ServiceFilter",
    "TagInput",
    "TargetFilter",
    "VersionFilter",
    "WhichDataplanes",
    "WhichMeshes",
    "WhichPolicies",
    "WhichServices",
    "WhichZones",
    "ZoneFilter",
    "keeps",
    "narrowing",
    "needs_insight",
]
