"""A fake Instance Manager: its API over a store, for tests and the demo."""

from gateway.upstreams.nginx_instance_manager.fake.app import FakeInstanceManager
from gateway.upstreams.nginx_instance_manager.fake.fleet import populate
from gateway.upstreams.nginx_instance_manager.fake.movement import step

__all__ = ["FakeInstanceManager", "populate", "step"]
