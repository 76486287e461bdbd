"""What NGINX Instance Manager has: a file per noun, and the root that leads to them."""
