"""How to ask: one folder per product, every folder alike."""

from collections.abc import Callable
from typing import Final

from gateway.model.control_planes import Product
from gateway.model.kinds import by_type
from gateway.upstreams.base import Adapter
from gateway.upstreams.kuma import Kuma
from gateway.upstreams.kuma import kinds as kuma
from gateway.upstreams.nginx_instance_manager import InstanceManager
from gateway.upstreams.nginx_instance_manager import kinds as nginx_instance_manager
from gateway.upstreams.nginx_service_mesh import NginxServiceMesh
from gateway.upstreams.nginx_service_mesh import kinds as nginx_service_mesh

PRODUCTS: Final[dict[Product, Callable[..., Adapter]]] = {
    Product.KUMA: Kuma,
    Product.NGINX_SERVICE_MESH: NginxServiceMesh,
    Product.NGINX_INSTANCE_MANAGER: InstanceManager,
}
"""The adapter of each product, made of its settings and its client, and of a client of the
Kubernetes API where the settings name one."""
_ROWS: Final = (kuma.KINDS, nginx_service_mesh.KINDS, nginx_instance_manager.KINDS)
KINDS: Final = tuple(by_type(kind for rows in _ROWS for kind in rows.values()).values())
"""The rows of all products."""
