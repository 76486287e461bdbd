import strawberry

from gateway.schema.described import described, text


def test_docstrings_become_descriptions() -> None:
    @described
    @strawberry.type
    class Balloon:
        """A thing that
        rises.

        Until it does not.
        """

        @strawberry.field
        def height(self) -> int:
            """How high
            it is."""
            return 1

        @strawberry.field(description="Said otherwise.")  # type: ignore[untyped-decorator]
        def colour(self) -> str:
            """Not said."""
            return "red"

        weight: int = strawberry.field(description="What it weighs.")

    definition = Balloon.__strawberry_definition__  # type: ignore[attr-defined]
    assert definition.description == "A thing that rises.\n\nUntil it does not."
    assert {one.python_name: one.description for one in definition.fields} == {
        "height": "How high it is.",
        "colour": "Said otherwise.",
        "weight": "What it weighs.",
    }


def test_no_docstring_is_no_description() -> None:
    assert text(None) is None
    assert text("") is None
