"""The control plane that every row of the benchmark asks: nginx with files, answering at once."""

import shutil
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from benchmarks.processes import Process, answering, free_port

CONFIGURATION: Final = """\
daemon off;
pid {folder}/nginx.pid;
error_log stderr error;
worker_processes 1;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  default_type application/json;
  client_body_temp_path {folder}/temporary;
  proxy_temp_path {folder}/temporary;
  fastcgi_temp_path {folder}/temporary;
  uwsgi_temp_path {folder}/temporary;
  scgi_temp_path {folder}/temporary;
  sendfile on;
  tcp_nopush on;
  tcp_nodelay on;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  open_file_cache max=8192 inactive=24h;
  open_file_cache_valid 24h;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    root {folder}/files;
    if ($request_method = PUT) {{ return 200 '{{}}'; }}
    location / {{ try_files $uri.json =404; }}
    location = / {{ try_files /index.json =404; }}
    location = /benchmark/status {{ stub_status; access_log off; }}
  }}
}}
"""


class Upstream:
    """nginx on a core, and how often it was asked."""

    def __init__(self, folder: Path, files: Mapping[str, bytes], core: int) -> None:
        self.port = free_port()
        self.process = Process("nginx", (nginx(), "-c", str(folder / "nginx.conf")), core, folder)
        (folder / "temporary").mkdir(parents=True, exist_ok=True)
        write(folder / "files", files)
        conf = CONFIGURATION.format(folder=folder, port=self.port)
        (folder / "nginx.conf").write_text(conf)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.process.start()
        answering(self.port, self.process)

    def requests(self) -> int:
        """How many requests it has answered, the one that asks left out."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/benchmark/status")
            lines = connection.getresponse().read().split(b"\n")
        finally:
            connection.close()
        self._asked = getattr(self, "_asked", 0) + 1
        return int(lines[2].split()[2]) - self._asked


def nginx() -> str:
    """Where the program is; Debian keeps it out of the PATH of users."""
    return shutil.which("nginx") or "/usr/sbin/nginx"


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """The files, as new as their makers."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, body in files.items():
        file = folder / f"{path[1:]}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
