"""What clients see of NGINX Service Mesh, and of no other product."""

from gateway.schema.nginx_service_mesh import policies, services

__all__ = ["policies", "services"]
"""Types that only an interface leads to; imported, they enter themselves."""
