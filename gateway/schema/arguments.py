"""Arguments that many fields share, each described once."""

from typing import Annotated, TypeAlias

import strawberry

First: TypeAlias = Annotated[
    int | None,
    strawberry.argument(description="How many to give; a page of the usual size if left out."),
]
After: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Give what follows this cursor.")
]
ControlPlaneName: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        name="controlPlane",
        description="The control plane's name in the settings; "
        "it may be left out where only one can be meant.",
    ),
]
OfControlPlane: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        name="controlPlane",
        description="Of this control plane alone, by its name in the settings.",
    ),
]
MeshName: TypeAlias = Annotated[str, strawberry.argument(description="The mesh's name.")]
OfMesh: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Of the mesh with this name alone.")
]
Name: TypeAlias = Annotated[str, strawberry.argument(description="The resource's name.")]
