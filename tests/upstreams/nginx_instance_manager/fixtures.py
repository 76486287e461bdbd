"""What documents and public clients show of Instance Manager's answers, by the names of files."""

import json
from pathlib import Path
from typing import Any

from gateway.upstreams.base import Answer

ROOT = Path(__file__).parents[2] / "recordings/nginx-instance-manager/fixtures"
API = "/api/platform/v1"
JSON = {"content-type": "application/json"}


def text(name: str) -> bytes:
    """A fixture as its bytes."""
    return (ROOT / name).read_bytes()


def body(name: str) -> Any:
    """A fixture as JSON."""
    return json.loads(text(name))


def answer(name: str, status: int = 200) -> Answer:
    """A fixture as an answer."""
    return Answer(status, JSON, text(name))
