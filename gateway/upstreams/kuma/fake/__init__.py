"""A fake control plane: the API of Kuma's releases over a store, for tests and the demo."""

from gateway.upstreams.kuma.fake.app import FakeKuma
from gateway.upstreams.kuma.fake.movement import step
from gateway.upstreams.kuma.fake.shop import populate

__all__ = ["FakeKuma", "populate", "step"]
