from typing import Any

import pytest

from tests.schema.shown import shown


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, None),
        ({"mtls": {}}, {"enabled": False, "enabledBackend": None, "backends": []}),
        (
            {"mtls": {"enabledBackend": "ca-1", "backends": [{"name": "ca-1", "type": "builtin"}]}},
            {
                "enabled": True,
                "enabledBackend": "ca-1",
                "backends": [{"name": "ca-1", "type": "builtin"}],
            },
        ),
        (
            {"mtls": {"backends": [{"name": "ca-1", "type": "builtin"}]}},
            {
                "enabled": False,
                "enabledBackend": None,
                "backends": [{"name": "ca-1", "type": "builtin"}],
            },
        ),
    ],
)
async def test_a_mesh_says_whether_its_dataplanes_prove_who_they_are(
    members: dict[str, Any], expected: Any
) -> None:
    selection = "mtls { enabled enabledBackend backends { name type } }"
    assert (await shown("Mesh", selection, **members))["mtls"] == expected


@pytest.mark.parametrize("purpose", ["logging", "tracing", "metrics"])
async def test_a_purpose_has_its_backends_and_the_one_in_force(purpose: str) -> None:
    selection = f"{purpose} {{ defaultBackend backends {{ name type }} }}"
    word = "enabledBackend" if purpose == "metrics" else "defaultBackend"
    body = {word: "a", "backends": [{"name": "a", "type": "file", "conf": {"path": "/x"}}]}
    assert (await shown("Mesh", selection, **{purpose: body}))[purpose] == {
        "defaultBackend": "a",
        "backends": [{"name": "a", "type": "file"}],
    }
    assert (await shown("Mesh", selection))[purpose] is None


@pytest.mark.parametrize(
    ("members", "mode"),
    [
        ({}, None),
        ({"meshServices": {}}, None),
        ({"meshServices": {"mode": "Exclusive"}}, "Exclusive"),
        ({"meshServices": {"mode": "Levitating"}}, "Levitating"),
    ],
)
async def test_the_mode_of_mesh_services_is_told_in_the_words_of_the_control_plane(
    members: dict[str, Any], mode: str | None
) -> None:
    assert await shown("Mesh", "meshServicesMode", **members) == {"meshServicesMode": mode}


async def test_routing_is_off_where_nothing_is_said() -> None:
    selection = "routing { localityAwareLoadBalancing zoneEgress }"
    assert (await shown("Mesh", selection))["routing"] is None
    found = await shown("Mesh", selection, routing={"zoneEgress": True})
    assert found["routing"] == {"localityAwareLoadBalancing": False, "zoneEgress": True}
