"""An imitated NGINX Service Mesh: its own API, and Kubernetes beside it, for tests and the demo.

Its server was never published: what is imitated is what the document, the charts, the rules and the
client that were published say of it.
"""

from gateway.upstreams.nginx_service_mesh.fake.app import FakeNginxMesh
from gateway.upstreams.nginx_service_mesh.fake.shop import populate

__all__ = ["FakeNginxMesh", "populate"]
