"""The software behind control planes, as clients see it."""

from gateway.model import control_planes as model
from gateway.schema.enums import enum

Product = enum(
    model.Product,
    "Product",
    "The software behind a control plane.",
    {
        "KUMA": "Kuma, and what is made of it.",
        "NGINX_INSTANCE_MANAGER": "NGINX Instance Manager.",
        "NGINX_SERVICE_MESH": "NGINX Service Mesh, up to 2.0.",
    },
)
