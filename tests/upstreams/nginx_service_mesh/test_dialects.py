import pytest

from gateway.upstreams.nginx_service_mesh.dialects import below, dialect, tried


@pytest.mark.parametrize(
    ("generation", "url", "generations"),
    [
        ("auto", "https://k8s", ["1.4", "1.3", "2.0"]),
        ("auto", "https://k8s/apis/nsm.nginx.com/v1alpha1", ["1.4"]),
        ("auto", "https://mesh/api/", ["1.3"]),
        ("auto", "https://mesh/some/api", ["1.3"]),
        ("1.3", "https://mesh", ["1.3"]),
        ("2.0", "https://mesh/api", ["2.0"]),
    ],
)
def test_which_generations_are_tried_is_said_by_the_settings_or_by_the_url(
    generation: str, url: str, generations: list[str]
) -> None:
    assert [one.since for one in tried(generation, url)] == generations


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://mesh", "/api/config"),
        ("https://mesh/api", "/config"),
        ("https://mesh/api/", "/config"),
        ("https://mesh/proxied", "/api/config"),
    ],
)
def test_a_base_that_the_url_holds_is_not_asked_twice(url: str, path: str) -> None:
    assert below("/api/config", dialect("1.3"), url) == path
