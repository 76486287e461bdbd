from gateway.model.reads import IDENTITY, paths


def test_paths_are_written_with_dots() -> None:
    assert paths("a.b", "c.") == {("a", "b"), ("c", "")}
    assert {("name",), ("mesh",)} == IDENTITY
