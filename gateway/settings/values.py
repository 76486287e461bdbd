"""Every setting, as a field with its sentence and its default.

From these rows come the keys of the file, the variables, the JSON Schema, the docs and the errors.
Durations are seconds and sizes are bytes once they are read.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from gateway.settings.durations import DURATION, RATE, SIZE


def _duration(sentence: str, *, zero: bool = False) -> Meta:
    bounds: dict[str, Any] = {"ge": 0} if zero else {"gt": 0}
    return Meta(description=sentence, extra={"unit": DURATION}, **bounds)


def _size(sentence: str) -> Meta:
    return Meta(description=sentence, extra={"unit": SIZE}, gt=0)


def _secret(sentence: str) -> Meta:
    return Meta(description=sentence, extra={"secret": True})


def _file(sentence: str) -> Meta:
    return Meta(description=sentence, extra={"file": True})


class ServerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the gateway listens and what it takes."""

    host: Annotated[str, Meta(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[
        int, Meta(description="The port to listen on; 0 takes a free one.", ge=0, le=65535)
    ] = 8000
    path: Annotated[str, Meta(description="The path of the GraphQL endpoint.")] = "/graphql"
    graphiql: Annotated[
        bool, Meta(description="Whether browsers get the GraphiQL page at the same path.")
    ] = True
    cors_origins: Annotated[
        tuple[str, ...],
        Meta(description='Origins whose pages may read answers; "*" is every origin.'),
    ] = ()
    max_body: Annotated[int, _size("The largest request body that is read.")] = 2**20
    shutdown_grace: Annotated[
        float, _duration("How long running requests may still take at the end.", zero=True)
    ] = 10.0


class OperationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one GraphQL operation may take and how much of it."""

    deadline: Annotated[
        float, _duration("The time for a whole operation; every upstream call ends before it.")
    ] = 15.0
    max_upstream_calls: Annotated[
        int, Meta(description="The upstream calls that one operation may make.", ge=1)
    ] = 500
    max_bodies: Annotated[
        int,
        _size("The large answers held at once, by all operations; a call waits for room."),
    ] = 128 * 2**20
    max_depth: Annotated[
        int, Meta(description="How many fields may stand within each other.", ge=1)
    ] = 20
    page_size: Annotated[
        int, Meta(description="The size of a page where `first` is not given.", ge=1)
    ] = 100
    max_page_size: Annotated[int, Meta(description="The most that `first` may ask.", ge=1)] = 1000
    introspection: Annotated[
        Literal["on", "authenticated", "off"],
        Meta(description="Who may ask for the schema; suggestions in messages follow it."),
    ] = "on"


class LoggingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is logged and how."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="The least level that is logged."),
    ] = "info"
    format: Annotated[
        Literal["auto", "json", "console"],
        Meta(description="How lines look; auto is console on a terminal and json elsewhere."),
    ] = "auto"


class AuthSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the gateway proves itself to an upstream."""

    type: Annotated[
        Literal["none", "bearer", "basic", "forward"],
        Meta(description="The kind of credential; forward sends the caller's own on."),
    ] = "none"
    token: Annotated[str | None, _secret("The token for bearer.")] = None
    token_file: Annotated[
        str | None, _file("A file with the token, read again when it changes and on a 401.")
    ] = None
    token_env: Annotated[str | None, Meta(description="A variable that holds the token.")] = None
    username: Annotated[str | None, Meta(description="The user for basic.")] = None
    password: Annotated[str | None, _secret("The password for basic.")] = None
    password_file: Annotated[
        str | None, _file("A file with the password, read again when it changes and on a 401.")
    ] = None
    password_env: Annotated[str | None, Meta(description="A variable that holds the password.")] = (
        None
    )


class TlsSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an upstream's certificate is checked, and which one it is shown."""

    ca_file: Annotated[
        str | None, _file("The authorities to believe, as PEM; the system's where not given.")
    ] = None
    cert_file: Annotated[str | None, _file("The client certificate, as PEM.")] = None
    key_file: Annotated[str | None, _file("The client certificate's key, as PEM.")] = None
    server_name: Annotated[
        str | None,
        Meta(description="The name to expect in the certificate, where it is not the URL's host."),
    ] = None
    verify: Annotated[bool, Meta(description="Whether the certificate is checked at all.")] = True


class KubernetesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The Kubernetes API beside an NGINX Service Mesh."""

    url: Annotated[str | None, Meta(description="Where the Kubernetes API is.")] = None
    token: Annotated[
        str | None,
        _secret("The bearer token for it; without one, callers' own where `auth` forwards them."),
    ] = None
    token_file: Annotated[
        str | None, _file("A file with the token, read again when it changes and on a 401.")
    ] = None
    token_env: Annotated[str | None, Meta(description="A variable that holds the token.")] = None
    ca_file: Annotated[
        str | None, _file("The authorities to believe, as PEM; the system's where not given.")
    ] = None
    verify: Annotated[bool, Meta(description="Whether the certificate is checked at all.")] = True


class UpstreamSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A control plane to ask."""

    name: Annotated[str, Meta(description="What the graph calls it: `controlPlane { name }`.")]
    product: Annotated[
        str,
        Meta(description="The software it is: kuma, nginx-service-mesh or nginx-instance-manager."),
    ]
    url: Annotated[str, Meta(description="Where its API is, with a base path if it has one.")]
    timeout: Annotated[float, _duration("The time for one attempt of a call.")] = 5.0
    connect_timeout: Annotated[float, _duration("The time for a connection to stand.")] = 1.0
    proxy_timeout: Annotated[
        float,
        _duration("The time for what a proxy itself tells through it, instead of `timeout`."),
    ] = 3.0
    concurrency: Annotated[int, Meta(description="The calls that may run at once.", ge=1)] = 32
    rate_limit: Annotated[
        float | None,
        Meta(
            description="The calls that it allows one client; without it, what its product does.",
            extra={"unit": RATE},
            gt=0,
        ),
    ] = None
    retries: Annotated[
        int,
        Meta(description="How often a call that is safe to repeat is tried again.", ge=0),
    ] = 2
    max_body: Annotated[int, _size("The largest answer that is read.")] = 64 * 2**20
    share_calls: Annotated[
        bool,
        Meta(description="Whether equal GETs under way for one caller are made once."),
    ] = True
    secret_data: Annotated[
        Literal["nobody", "forwarded", "everybody"],
        Meta(
            description="Who may read the data of its secrets: forwarded are callers whose own "
            "credential is sent on, so that the control plane decides."
        ),
    ] = "nobody"
    generation: Annotated[
        Literal["auto", "1.3", "1.4", "2.0"],
        Meta(description="The release of NGINX Service Mesh from which on it is asked alike."),
    ] = "auto"
    auth: AuthSettings = AuthSettings()
    tls: TlsSettings = TlsSettings()
    kubernetes: KubernetesSettings = KubernetesSettings()

    @property
    def beside(self) -> "UpstreamSettings | None":
        """The Kubernetes API beside it, as an upstream of the same name; None where none is.

        Without a token of its own it is shown that of callers, where the mesh is shown that too.
        """
        at = self.kubernetes
        if at.url is None:
            return None
        has_token = at.token is not None or at.token_file is not None
        own = AuthSettings("bearer", at.token, at.token_file) if has_token else AuthSettings()
        forwards = self.auth.type == "forward" and not has_token
        return msgspec.structs.replace(
            self,
            url=at.url,
            auth=self.auth if forwards else own,
            tls=TlsSettings(ca_file=at.ca_file, verify=at.verify),
            kubernetes=KubernetesSettings(),
        )


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that can be set."""

    server: ServerSettings = ServerSettings()
    operations: OperationSettings = OperationSettings()
    logging: LoggingSettings = LoggingSettings()
    upstreams: tuple[UpstreamSettings, ...] = ()
