import pytest

from gateway.model.versions import Version
from gateway.upstreams.kuma.dialects import DIALECTS, NEWEST, dialect


def test_each_dialect_begins_where_the_one_before_ends() -> None:
    begins = [row.since for row in DIALECTS]
    assert begins == sorted(set(begins))
    assert begins[0] == (0, 0)


@pytest.mark.parametrize(
    ("version", "overview", "total", "labels", "counts"),
    [
        (Version(0, 7, 3), "+insights", False, False, False),
        (Version(1, 1, 6), "+insights", False, False, False),
        (Version(2, 4, 9), "+insights", False, False, False),
        (Version(2, 5), "/_overview", True, False, False),
        (Version(2, 6), "/_overview", True, True, False),
        (Version(2, 8, 99), "/_overview", True, True, False),
        (Version(2, 9), "/_overview", True, True, True),
        (Version(3), "/_overview", True, True, True),
    ],
)
def test_a_version_speaks_the_dialect_of_its_time(
    version: Version, overview: str, total: bool, labels: bool, counts: bool
) -> None:
    found = dialect(version)
    assert (found.overview, found.overview_total) == (overview, total)
    assert (found.labels, found.counts) == (labels, counts)


def test_a_version_without_a_number_is_taken_for_the_newest_release() -> None:
    assert dialect(None) is dialect(NEWEST)
    assert dialect(None).tagged


def test_inbounds_of_3_have_no_tags() -> None:
    assert not dialect(Version(3)).tagged
