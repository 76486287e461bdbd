"""A manifest is Kubernetes objects, not too many of them, and no trap."""

import time

import pytest

from gateway.errors import BadUserInput
from gateway.schema.nginx_service_mesh import manifests
from tests.upstreams.nginx_service_mesh.recorded import cases, fixture

POD = "apiVersion: v1\nkind: Pod\n"
BOMB = (
    POD
    + "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
    )
)


@pytest.mark.parametrize(
    "manifest",
    [
        POD,
        f"---\n{POD}---\n{POD}...\n",
        f"# a comment\n---\n---\n{POD}---\n",
        '{"apiVersion": "v1", "kind": "Pod"}',
        ' {apiVersion: v1, kind: "Pod"}',
        "",
        "# nothing\n",
        POD + "a: &a {b: c}\nd: *a\n",
        POD + "x: !Custom {a: 1}\n",
        fixture("inject.post.request.file.yaml"),
        *(case["input"]["file"] for case in cases("inject", "2.0.0")),
    ],
)
def test_kubernetes_objects_are_a_manifest(manifest: str) -> None:
    manifests.check(manifest)


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ("a: b: c", "neither YAML nor JSON at line 1"),
        (f"{POD}---\n\tx: 1\n", "neither YAML nor JSON at line"),
        ('{"apiVersion": "v1", "kind": ', "neither YAML nor JSON"),
        ("just words", "document 1 is no Kubernetes object"),
        ("- a\n- b\n", "document 1 is no Kubernetes object"),
        ("[1, 2]", "document 1 is no Kubernetes object"),
        (f"{POD}---\nkind: Pod\n", "document 2 is no Kubernetes object"),
        ('{"kind": "Pod"}', "document 1 is no Kubernetes object"),
        ("a\x00b: 1", "neither YAML nor JSON"),
        ("\ud800", "cannot be sent"),
        (POD + f"x: {'y' * manifests.MOST}\n", f"{manifests.MOST} are the most"),
        (POD + "a: &a {b: *a}\n", "stands within itself"),
        ("- " * 5000 + "x", "nested deeper"),
        ("".join(f"{' ' * n}a:\n" for n in range(900)), "nested deeper"),
        ('{"a": ' * 5000 + "1" + "}" * 5000, "nested deeper"),
        (POD + "a: *b\n", "stands within itself"),
        (BOMB, f"more than {manifests.VALUES} values"),
        (POD + "a: " + "[" * 50_000, "nested deeper than 100 levels"),
        (POD + "a: " + "{a: " * 50_000, "nested deeper than 100 levels"),
    ],
)
def test_what_is_none_is_refused_at_once(manifest: str, reason: str) -> None:
    started = time.monotonic()
    with pytest.raises(BadUserInput, match="manifest") as raised:
        manifests.check(manifest)
    assert reason in raised.value.message
    assert time.monotonic() - started < 5
    assert raised.value.problem is not None
    assert [one.field for one in raised.value.problem.invalid_parameters] == ["manifest"]


def test_no_error_shows_what_is_in_the_manifest() -> None:
    with pytest.raises(BadUserInput) as raised:
        manifests.check("password: hunter2: oops")
    assert "hunter2" not in str(raised.value.extensions()) + raised.value.message
