"""A row per kind of thing that Instance Manager keeps, and one on how its API reads and writes it.

Source: the product's documentation, and clients in public that call it; it has no published
description of its API.
"""

from typing import Final

import msgspec

from gateway.model.kinds import Kind, Noun, Scope, by_name


def kind(
    name: str,
    path: str,
    summary: str,
    *,
    noun: Noun = Noun.RESOURCE,
    writable: bool = False,
    masks: tuple[str, ...] = (),
    unlisted: bool = False,
) -> Kind:
    """A kind in the words of every product."""
    return Kind(
        name=name,
        path=path,
        scope=Scope.GLOBAL,
        noun=noun,
        summary=summary,
        type_name=f"Nginx{name}",
        since=(2, 0),
        writable="GZ" if writable else "",
        masks=masks,
        unlisted=unlisted,
    )


# fmt: off
KINDS: Final = by_name((
    kind("System", "systems", "A host on which an agent runs, with the NGINX instances that it manages.", noun=Noun.ZONE, writable=True),
    kind("Instance", "instances", "An NGINX process that an agent manages.", noun=Noun.DATAPLANE, writable=True),
    kind("InstanceGroup", "instance-groups", "Instances that share one configuration.", writable=True),
    kind("StagedConfiguration", "configs", "A configuration that is kept, and published nowhere yet.", writable=True, masks=("configFiles.files[].contents", "auxFiles.files[].contents")),
    kind("Certificate", "certs", "A certificate that is kept for instances: what it says of itself, never its key.", writable=True, masks=("certPEMDetails.privateKey", "certPEMDetails.password", "privateKey", "password")),
    kind("Server", "servers", "An NGINX that a scan found in the network, managed or not."),
    kind("User", "users", "Someone who may use Instance Manager.", masks=("userDef.password",)),
    kind("Role", "roles", "What users may do, by features and the things that they are for.", unlisted=True),
    kind("ResourceGroup", "resource-groups", "Things that roles give rights to together."),
))
# fmt: on


class Verbs(msgspec.Struct, frozen=True, kw_only=True):
    """What the API can do with one kind."""

    gets: bool = True
    applies: str | None = None
    """The method that changes one by its name: PUT replaces or creates, PATCH and PUT change."""
    creates: str | None = None
    """Where a POST of a list's path makes one: the member that holds what people call it."""
    deletes: bool = False


VERBS: Final = {
    "System": Verbs(applies="PATCH"),
    "Instance": Verbs(deletes=True),
    "InstanceGroup": Verbs(applies="PATCH", creates="name"),
    "StagedConfiguration": Verbs(applies="PUT", creates="configName"),
    "Certificate": Verbs(applies="PUT", deletes=True),
    "Server": Verbs(gets=False),
    "User": Verbs(),
    "Role": Verbs(),
    "ResourceGroup": Verbs(gets=False),
}
"""What is documented, or seen in a client; what is not, such as a list of roles, is not asked."""
