"""How to ask: one folder per product, every folder alike."""

from collections.abc import Callable
from typing import Final

from gateway.model.control_planes import Product
from gateway.settings import UpstreamSettings
from gateway.upstreams.base import Adapter
from gateway.upstreams.client import Client
from gateway.upstreams.kuma import Kuma

PRODUCTS: Final[dict[Product, Callable[[UpstreamSettings, Client], Adapter]]] = {
    Product.KUMA: Kuma,
}
"""The adapter of each product."""
