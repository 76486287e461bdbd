"""Meshgate: one typed GraphQL graph in front of every service-mesh control plane."""

__version__ = "0.1.0"
