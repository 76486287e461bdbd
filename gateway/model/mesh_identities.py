"""Identities: which dataplanes are given one, and by whom."""

from collections.abc import Iterable

import msgspec

from gateway.model.dataplanes import Dataplane
from gateway.model.resources import Resource, Stored, Wire
from gateway.model.services import LabelSelector


class IdentitySelector(Wire, frozen=True):
    """Which dataplanes an identity is for; nothing where it does not say."""

    dataplane: LabelSelector | None = None


class SpiffeId(Wire, frozen=True):
    """How an identity's name is made, as templates."""

    trust_domain: str = ""
    path: str = ""


class IdentityProvider(Wire, frozen=True):
    """Who issues."""

    type: str = ""


class IdentitySpec(Wire, frozen=True):
    """What was written of an identity."""

    selector: IdentitySelector = IdentitySelector()
    spiffe_id: SpiffeId | None = msgspec.field(default=None, name="spiffeID")
    provider: IdentityProvider = IdentityProvider()


class MeshIdentity(Stored, frozen=True):
    """Who issues the identities of a mesh's dataplanes, and in which form."""

    spec: IdentitySpec = IdentitySpec()


def selects(identity: MeshIdentity, dataplane: Dataplane) -> bool:
    """Whether an identity's selector fits a dataplane's labels."""
    wanted = identity.spec.selector.dataplane
    return wanted is not None and wanted.match_labels.items() <= dataplane.labels.items()


def identity_of(dataplane: Dataplane, identities: Iterable[Resource]) -> Resource | None:
    """The identity that counts: of those that fit, the one that wants most labels, then by name."""
    fitting = [one for one in identities if selects(one.content, dataplane)]
    return min(fitting, key=lambda one: (-wanted(one), one.content.name), default=None)


def wanted(identity: Resource) -> int:
    """How many labels an identity's selector wants."""
    found = identity.content.spec.selector.dataplane
    return len(found.match_labels) if found else 0


class CaBundle(Wire, frozen=True):
    """Authorities that are believed, in one format."""

    type: str = ""


class TrustSpec(Wire, frozen=True):
    """What was written of a trust."""

    trust_domain: str = ""
    ca_bundles: tuple[CaBundle, ...] = ()


class MeshTrust(Stored, frozen=True):
    """A trust domain and the certificate authorities believed in it."""

    spec: TrustSpec = TrustSpec()
