"""What can be set, and what is set: a TOML file, variables over it, checked as a whole."""

from gateway.settings.flaws import Flaw, InvalidSettings
from gateway.settings.load import load
from gateway.settings.schema import json_schema
from gateway.settings.shown import masked
from gateway.settings.values import (
    AuthSettings,
    KubernetesSettings,
    LoggingSettings,
    OperationSettings,
    ServerSettings,
    Settings,
    TlsSettings,
    UpstreamSettings,
)

__all__ = [
    "AuthSettings",
    "Flaw",
    "InvalidSettings",
    "KubernetesSettings",
    "LoggingSettings",
    "OperationSettings",
    "ServerSettings",
    "Settings",
    "TlsSettings",
    "UpstreamSettings",
    "json_schema",
    "load",
    "masked",
]
