"""What all policies share: whom they are for."""

from gateway.model.resources import Stored, Wire


class TagSelector(Wire, frozen=True):
    """Tags that all have to match; `*` matches any value."""

    match: dict[str, str] = {}


class TargetRef(Wire, frozen=True):
    """What a policy is for, by kind and name, labels or tags."""

    kind: str = ""
    name: str | None = None
    namespace: str | None = None
    mesh: str | None = None
    section_name: str | None = None
    labels: dict[str, str] = {}
    tags: dict[str, str] = {}
    proxy_types: tuple[str, ...] = ()


class PolicySpec(Wire, frozen=True):
    """What all targetRef policies share."""

    target_ref: TargetRef | None = None


class Policy(Stored, frozen=True):
    """What all policies share: whom they are for."""

    sources: tuple[TagSelector, ...] = ()
    destinations: tuple[TagSelector, ...] = ()
    selectors: tuple[TagSelector, ...] = ()
    spec: PolicySpec = PolicySpec()
