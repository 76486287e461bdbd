"""What NGINX Service Mesh stores and tells, as its document and its resources spell it."""
