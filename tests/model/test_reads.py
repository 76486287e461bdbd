from gateway.model.reads import IDENTITY, Reads, paths


def test_paths_are_written_with_dots() -> None:
    assert paths("a.b", "c.") == {("a", "b"), ("c", "")}
    assert {("name",), ("mesh",)} == IDENTITY


def test_both_readings_are_read() -> None:
    both = Reads(paths("a")) & Reads(paths("a.b"), raw=True)
    assert both == Reads(paths("a", "a.b"), raw=True)
    assert Reads(paths("a")) & Reads(paths("a")) == Reads(paths("a"))
