"""Plain Strawberry, httpx and aiodataloader. Usage: UPSTREAM=URL uvicorn app:app"""

import asyncio
import enum
import os
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import httpx
import strawberry
from aiodataloader import DataLoader
from starlette.requests import Request
from strawberry.asgi import GraphQL
from strawberry.scalars import JSON

PATHS = {"MeshTimeout": "meshtimeouts", "MeshRetry": "meshretries"}


class Kuma:
    """The control plane's HTTP API."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, trust_env=False)

    async def get(self, path: str) -> Any:
        answer = await self.http.get(path)
        if answer.status_code == 404:
            return None
        answer.raise_for_status()
        return answer.json()

    async def list(self, path: str) -> list[Any]:
        found = await self.get(f"{path}?size=1000")
        return found["items"] if found else []

    async def put(self, kind: str, mesh: str, name: str, spec: Any) -> "Outcome":
        path = f"/meshes/{quote(mesh)}/{PATHS[kind]}/{quote(name)}"
        body = {"type": kind, "mesh": mesh, "name": name, "spec": spec}
        answer = await self.http.put(path, json=body)
        answer.raise_for_status()
        return Outcome.CREATED if answer.status_code == 201 else Outcome.UPDATED


def each(load: Callable[[str], Awaitable[Any]]) -> DataLoader[str, Any]:
    async def batch(keys: list[str]) -> list[Any]:
        return list(await asyncio.gather(*map(load, keys)))

    return DataLoader(batch)


class Context(dict[str, Any]):
    """The loaders of one operation."""

    def __init__(self, kuma: Kuma) -> None:
        async def services(mesh: str) -> dict[str, Any]:
            found = await kuma.list(f"/meshes/{quote(mesh)}/service-insights")
            return {one["name"]: one for one in found}

        self.kuma = kuma
        self.mesh = each(lambda name: kuma.get(f"/meshes/{quote(name)}"))
        self.dataplanes_of = each(
            lambda mesh: kuma.list(f"/meshes/{quote(mesh)}/dataplanes/_overview")
        )
        self.services_of = each(services)


Info = strawberry.Info[Context, None]


@strawberry.enum
class DataplaneStatus(enum.Enum):
    ONLINE = "ONLINE"
    PARTIALLY_DEGRADED = "PARTIALLY_DEGRADED"
    OFFLINE = "OFFLINE"


@strawberry.enum
class ServiceStatus(enum.Enum):
    ONLINE = "ONLINE"
    PARTIALLY_DEGRADED = "PARTIALLY_DEGRADED"
    OFFLINE = "OFFLINE"
    NOT_AVAILABLE = "NOT_AVAILABLE"


@strawberry.enum
class Outcome(enum.Enum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"


@strawberry.type
class Tag:
    key: str
    value: str


@strawberry.type
class DataplaneInbound:
    name: str | None
    port: int
    service_port: int | None
    tags: list[Tag]


@strawberry.type
class DataplaneNetworking:
    address: str | None
    inbounds: list[DataplaneInbound]


@strawberry.type
class DiscoveryStatus:
    last_update_time: str | None


@strawberry.type
class Subscription:
    id: str
    instance: str | None
    connect_time: str | None
    disconnect_time: str | None
    status: DiscoveryStatus


@strawberry.type
class DataplaneMtls:
    certificate_expiration_time: str | None
    issued_backend: str | None


@strawberry.type
class DataplaneInsight:
    subscriptions: list[Subscription]
    mtls: DataplaneMtls | None


@strawberry.type
class MeshBackend:
    name: str
    type: str


@strawberry.type
class MeshMtls:
    enabled_backend: str | None
    backends: list[MeshBackend]


@strawberry.interface
class Resource:
    name: str
    created_at: str | None
    modified_at: str | None


@strawberry.type
class Service(Resource):
    status: ServiceStatus


@strawberry.type
class Mesh(Resource):
    mtls: MeshMtls | None

    @strawberry.field
    async def dataplanes(self, info: Info, first: int | None = None) -> list["Dataplane"]:
        found = await info.context.dataplanes_of.load(self.name)
        return [dataplane(one) for one in found[:first]]


@strawberry.type
class Dataplane(Resource):
    mesh_name: strawberry.Private[str]
    service_names: strawberry.Private[list[str]]
    address: str | None
    networking: DataplaneNetworking
    insight: DataplaneInsight | None
    status: DataplaneStatus

    @strawberry.field
    async def mesh(self, info: Info) -> Mesh | None:
        found = await info.context.mesh.load(self.mesh_name)
        return mesh(found) if found else None

    @strawberry.field
    async def services(self, info: Info) -> list[Service]:
        found = await info.context.services_of.load(self.mesh_name)
        return [service(found[name]) for name in self.service_names if name in found]


def meta(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": one["name"],
        "created_at": one.get("creationTime"),
        "modified_at": one.get("modificationTime"),
    }


def mesh(one: dict[str, Any]) -> Mesh:
    mtls = one.get("mtls")
    return Mesh(
        **meta(one),
        mtls=MeshMtls(
            enabled_backend=mtls.get("enabledBackend"),
            backends=[
                MeshBackend(name=one["name"], type=one["type"]) for one in mtls.get("backends", [])
            ],
        )
        if mtls
        else None,
    )


def dataplane(one: dict[str, Any]) -> Dataplane:
    network = one["dataplane"]["networking"]
    inbounds = network.get("inbound", [])
    found = one.get("dataplaneInsight") or {}
    names = {inbound.get("tags", {}).get("kuma.io/service") for inbound in inbounds}
    mtls = found.get("mTLS")
    return Dataplane(
        **meta(one),
        mesh_name=one["mesh"],
        service_names=sorted(name for name in names if name),
        address=network.get("advertisedAddress") or network.get("address"),
        networking=DataplaneNetworking(
            address=network.get("address"),
            inbounds=[
                DataplaneInbound(
                    name=inbound.get("name"),
                    port=inbound["port"],
                    service_port=inbound.get("servicePort"),
                    tags=[
                        Tag(key=key, value=value)
                        for key, value in sorted(inbound.get("tags", {}).items())
                    ],
                )
                for inbound in inbounds
            ],
        ),
        insight=DataplaneInsight(
            subscriptions=[
                Subscription(
                    id=sub["id"],
                    instance=sub.get("controlPlaneInstanceId"),
                    connect_time=sub.get("connectTime"),
                    disconnect_time=sub.get("disconnectTime"),
                    status=DiscoveryStatus(last_update_time=sub["status"].get("lastUpdateTime")),
                )
                for sub in found.get("subscriptions", [])
            ],
            mtls=DataplaneMtls(
                certificate_expiration_time=mtls.get("certificateExpirationTime"),
                issued_backend=mtls.get("issuedBackend"),
            )
            if mtls
            else None,
        )
        if found
        else None,
        status=status(inbounds, found.get("subscriptions", [])),
    )


def status(inbounds: list[Any], subscriptions: list[Any]) -> DataplaneStatus:
    if not any(sub.get("connectTime") and not sub.get("disconnectTime") for sub in subscriptions):
        return DataplaneStatus.OFFLINE
    up = sum(
        one.get("state") != "NotReady"
        and ("health" not in one or one["health"].get("ready") is True)
        for one in inbounds
    )
    if up == 0:
        return DataplaneStatus.OFFLINE
    return DataplaneStatus.ONLINE if up == len(inbounds) else DataplaneStatus.PARTIALLY_DEGRADED


def service(one: dict[str, Any]) -> Service:
    return Service(**meta(one), status=ServiceStatus[one["status"].upper()])


@strawberry.type
class Query:
    @strawberry.field
    async def meshes(self, info: Info) -> list[Mesh]:
        return [mesh(one) for one in await info.context.kuma.list("/meshes")]

    @strawberry.field
    async def mesh(self, info: Info, name: str) -> Mesh | None:
        found = await info.context.mesh.load(name)
        return mesh(found) if found else None

    @strawberry.field
    async def dataplanes(
        self, info: Info, mesh: str | None = None, first: int | None = None
    ) -> list[Dataplane]:
        if mesh is None:
            found = await info.context.kuma.list("/dataplanes/_overview")
        else:
            found = await info.context.dataplanes_of.load(mesh)
        return [dataplane(one) for one in found[:first]]

    @strawberry.field
    async def dataplane(self, info: Info, mesh: str, name: str) -> Dataplane | None:
        path = f"/meshes/{quote(mesh)}/dataplanes/{quote(name)}/_overview"
        found = await info.context.kuma.get(path)
        return dataplane(found) if found else None


@strawberry.input
class ApplyPolicyInput:
    kind: str
    mesh: str
    name: str
    spec: JSON


@strawberry.type
class ApplyPolicyPayload:
    outcome: Outcome


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def apply_policy(self, info: Info, input: ApplyPolicyInput) -> ApplyPolicyPayload | None:
        outcome = await info.context.kuma.put(input.kind, input.mesh, input.name, input.spec)
        return ApplyPolicyPayload(outcome=outcome)


class Server(GraphQL[Context, None]):
    """The endpoint; each request has loaders of its own."""

    kuma = Kuma(os.environ["UPSTREAM"])

    async def get_context(self, request: Request, response: Any) -> Context:  # type: ignore[override]
        return Context(self.kuma)


app = Server(strawberry.Schema(query=Query, mutation=Mutation))
