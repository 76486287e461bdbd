import pytest

from gateway.schema.roles import Role, role


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("system", Role.SYSTEM),
        ("producer", Role.PRODUCER),
        ("consumer", Role.CONSUMER),
        ("workload-owner", Role.WORKLOAD_OWNER),
        ("levitator", None),
        ("", None),
    ],
)
def test_a_policy_speaks_for_whom_its_label_says(label: str, found: Role | None) -> None:
    assert role({"kuma.io/policy-role": label}) is found
    assert role({}) is None
