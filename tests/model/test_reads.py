from gateway.model.reads import IDENTITY, Reads, either, holds, paths


def test_paths_are_written_with_dots() -> None:
    assert paths("a.b", "c.") == {("a", "b"), ("c", "")}
    assert {("name",), ("mesh",)} == IDENTITY


NAME, TAGS = Reads(paths("name")), Reads(paths("tags"), raw=True)


def test_what_two_want_holds_what_each_wants() -> None:
    both = either(NAME, TAGS)
    assert both == Reads(paths("name", "tags"), raw=True)
    assert holds(both, NAME)
    assert holds(both, TAGS)
    assert not holds(NAME, both)
    assert not holds(Reads(TAGS.paths), TAGS)


def test_who_wants_everything_gets_it_and_holds_all() -> None:
    assert either(None, NAME) is None
    assert either(NAME, None) is None
    assert holds(None, NAME)
    assert not holds(NAME, None)
