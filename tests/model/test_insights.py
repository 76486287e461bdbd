from gateway.model.insights import Counts


def test_counts_add_up_part_by_part() -> None:
    assert Counts(4, 2, 1, 1) + Counts(10, 9) == Counts(14, 11, 1, 1)
    assert sum([Counts(1, 1), Counts(1, 0, 1)], Counts()) == Counts(2, 1, 1, 0)
