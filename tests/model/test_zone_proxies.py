import json
from typing import Any

import pytest

from gateway.upstreams.kuma import responses
from gateway.upstreams.kuma.kinds import KINDS

PARTS = {"zone": "east", "networking": {"address": "10.0.0.1", "port": 10001}}


@pytest.mark.parametrize(
    ("kind", "member"), [("ZoneIngress", "zoneIngress"), ("ZoneEgress", "zoneEgress")]
)
def test_a_zone_proxy_is_the_same_alone_and_with_its_insight(kind: str, member: str) -> None:
    def read(**members: Any) -> Any:
        body = json.dumps({"name": "x", **members}).encode()
        return responses.resource("prod", KINDS[kind], body).content

    alone = read(**PARTS)
    overview = read(**{member: PARTS, f"{member}Insight": {"subscriptions": [{"id": "1"}]}})
    assert (alone.is_overview, overview.is_overview) == (False, True)
    assert alone.spec == overview.spec
    assert alone.spec.networking.port == 10001
    assert alone.insight is None
    assert [one.id for one in overview.insight.subscriptions] == ["1"]
