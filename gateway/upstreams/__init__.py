"""How to ask: one folder per product, every folder alike."""

from collections.abc import Callable
from typing import Final

from gateway.model.control_planes import Product
from gateway.model.kinds import Kind, by_type
from gateway.settings import UpstreamSettings
from gateway.upstreams.base import Adapter
from gateway.upstreams.client import Client
from gateway.upstreams.kuma import Kuma
from gateway.upstreams.kuma import kinds as kuma
from gateway.upstreams.nginx_instance_manager import InstanceManager
from gateway.upstreams.nginx_instance_manager import kinds as instance_manager

PRODUCTS: Final[dict[Product, Callable[[UpstreamSettings, Client], Adapter]]] = {
    Product.KUMA: Kuma,
    Product.NGINX_INSTANCE_MANAGER: InstanceManager,
}
"""The adapter of each product."""
KINDS: Final[tuple[Kind, ...]] = tuple(
    by_type((*kuma.KINDS.values(), *instance_manager.KINDS.values())).values()
)
"""The rows of all products."""
