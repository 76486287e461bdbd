import pytest

from gateway.model.dataplanes import Dataplane, DataplaneSpec, Gateway, Networking
from gateway.model.gateways import GatewayKind, gateway_kind


@pytest.mark.parametrize(
    ("gateway", "kind"),
    [
        (None, GatewayKind.NONE),
        (Gateway(), GatewayKind.DELEGATED),
        (Gateway(type="DELEGATED"), GatewayKind.DELEGATED),
        (Gateway(type="BUILTIN"), GatewayKind.BUILTIN),
    ],
)
def test_a_dataplane_is_a_gateway_or_none(gateway: Gateway | None, kind: GatewayKind) -> None:
    network = Networking(gateway=gateway)
    assert gateway_kind(Dataplane(name="a", networking=network)) is kind
    assert gateway_kind(Dataplane(name="a", dataplane=DataplaneSpec(network))) is kind
