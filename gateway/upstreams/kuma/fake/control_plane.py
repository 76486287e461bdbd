"""A control plane small enough to embed: requests in, the answers of a release of Kuma out."""

import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from gateway.model.kinds import Kind, Noun, Scope
from gateway.model.versions import parse
from gateway.upstreams.base import Answer
from gateway.upstreams.kuma.fake import (
    defaults,
    dialect,
    kubernetes,
    rendering,
    system,
    tokens,
    validation,
)
from gateway.upstreams.kuma.fake.dialect import Failure, Mode, answered
from gateway.upstreams.kuma.fake.insights import Insights
from gateway.upstreams.kuma.fake.inspecting import Inspections
from gateway.upstreams.kuma.fake.lists import Asked, filtered
from gateway.upstreams.kuma.fake.overall import global_insight, global_insights
from gateway.upstreams.kuma.fake.routes import Place, Routes
from gateway.upstreams.kuma.fake.store import JSONObject, Store, Stored
from gateway.upstreams.kuma.fake.zones import active_zones
from gateway.upstreams.kuma.kinds import KINDS

ADMIN: Final = {
    "name": "mesh-system:admin",
    "groups": ["mesh-system:admin", "mesh-system:authenticated"],
}
ANONYMOUS: Final = {"name": "mesh-system:anonymous", "groups": ["mesh-system:unauthenticated"]}
SERVICE_TYPES: Final = ("internal", "external", "gateway_delegated", "gateway_builtin")


class ControlPlane:
    """One control plane: its release, its role, its store; `answer` is all it does.

    Raises ConnectionResetError where the real one's handler crashes and closes the connection.
    """

    def __init__(
        self,
        version: str,
        *,
        mode: Mode = "zone",
        read_only: bool = False,
        clock: Callable[[], float] = time.time,
        insight_lag: float = 5.0,
        zone: str = "default",
        admin_token: str = "fake-admin-token",
    ) -> None:
        release = parse(version)
        if release is None:
            raise ValueError(f"{version} is no version of Kuma")
        self.version, self.release, self.mode, self.zone = version, tuple(release), mode, zone
        self.read_only = read_only
        self.admin_token = admin_token
        self._clock = clock
        self.store = Store(self.release, clock)
        self.insights = Insights(self.store, clock, insight_lag)
        self._inspections = Inspections(self.store, mode)
        self._routes = Routes(self.release)
        self._start()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to a request; header names are in lower case."""
        try:
            admin = self._is_admin(headers)
            if "json" not in (accept := headers.get("accept", "*/*")) and "*/*" not in accept:
                raise dialect.not_acceptable(self.release)
            path = urlsplit(target).path
            found = self._of_system(path, admin)
            if found is not None:
                if method != "GET":
                    raise dialect.no_such_method("GET")
                return answered(200, found.value)
            made = tokens.answer(path, method, body, self.store, self._clock(), admin=admin)
            if made is not None:
                return made
            if path.startswith("/_kri/") and self.release >= dialect.KRI:
                return answered(200, self._by_kri(path.removeprefix("/_kri/"), _format(target)))
            if method == "GET":
                told = self._inspections.answer(target, headers.get("host", ""))
                if told is not None:
                    return answered(200, told)
            place = self._routes.place(path)
            return self._at(place, method, target, headers, body, admin)
        except Failure as failure:
            return dialect.failed(failure, self.release)

    def put(self, kind: str, name: str, body: JSONObject, mesh: str | None = None) -> None:
        """Store a resource as a PUT would, its labels and its zone computed, without checking."""
        given = body.get("labels") or {}
        labels, content = rendering.with_computed(
            KINDS[kind],
            self.mode,
            self.zone,
            (mesh, name),
            validation.content_of(body),
            given,
            self.release,
        )
        new_mesh = kind == "Mesh" and self.store.get("Mesh", None, name) is None
        self.store.put(kind, mesh, name, content, labels)
        if new_mesh:
            for default_kind, default_name, default in defaults.of_mesh(name, self.release):
                if KINDS[default_kind].noun is Noun.SECRET:
                    self.store.put(default_kind, name, default_name, default)
                else:
                    self.put(default_kind, default_name, default, name)

    def _start(self) -> None:
        for kind, name, content, labels in defaults.of_start(self.release):
            self.store.put(kind, None, name, content, labels)
        if self.release >= (2, 6) and self.mode == "zone":
            self.store.put("Zone", None, self.zone, {})
        self.put("Mesh", "default", {})
        # What is made at the start is not labelled.
        self.store.put("Mesh", None, "default", {}, {})
        self.insights.count()

    def _is_admin(self, headers: Mapping[str, str]) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            return False
        if token != self.admin_token and self.release >= dialect.TOKENS:
            raise dialect.unauthenticated()
        return token == self.admin_token

    def _of_system(self, path: str, admin: bool) -> "Said | None":
        release = self.release
        read_only = self.read_only
        rows: dict[str, tuple[dialect.Release, dialect.Release, Callable[[], object]]] = {
            "/": ((0, 1), _NEVER, lambda: system.index(release, self.version)),
            "/config": (
                (0, 3),
                _NEVER,
                lambda: system.config(self.mode, self.zone, read_only=read_only),
            ),
            "/catalog": ((0, 3), (1, 1), system.catalog),
            "/versions": ((1, 1), dialect.WITHOUT_VERSIONS, system.versions),
            "/policies": (
                dialect.POLICIES,
                _NEVER,
                lambda: system.policies(release, read_only=read_only),
            ),
            "/_resources": (
                dialect.RESOURCES,
                _NEVER,
                lambda: system.resources(release, read_only=read_only),
            ),
            "/who-am-i": (dialect.WHO_AM_I, _NEVER, lambda: ADMIN if admin else ANONYMOUS),
            "/global-insight": (
                dialect.GLOBAL_INSIGHT,
                _NEVER,
                lambda: global_insight(self.store, self.insights),
            ),
            "/global-insights": (
                dialect.GLOBAL_INSIGHTS,
                _NEVER,
                lambda: global_insights(self.store),
            ),
            "/status/zones": (
                (0, 7),
                dialect.WITHOUT_ZONE_STATUS,
                lambda: active_zones(self.store),
            ),
        }
        row = rows.get(path)
        return Said(row[2]()) if row and row[0] <= release < row[1] else None

    def _at(
        self,
        place: Place,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        admin: bool,
    ) -> Answer:
        allow = "GET" if place.name is None or place.overview else "PUT, DELETE, GET"
        if method not in allow.split(", "):
            raise dialect.no_such_method(allow)
        if method == "GET":
            if place.kind.noun is Noun.SECRET and not admin:
                raise dialect.access_denied(self.release, place.kind.name)
            if place.mesh is not None and self.release >= dialect.MESH_CHECKED:
                self._require_mesh(place.mesh)
            if place.name is None:
                return answered(200, self._list(place, target, headers.get("host", "")))
            return answered(200, self._one(place, target))
        media_type = headers.get("content-type", dialect.JSON).partition(";")[0].strip()
        if method == "PUT" and media_type != dialect.JSON:
            raise Failure(415, "415: Unsupported Media Type", text=True)
        if place.kind.writable_since and self.release < place.kind.writable_since:
            raise dialect.no_such_path()
        if self._is_read_only(place.kind):
            raise dialect.read_only(self.release, self.mode)
        if method == "PUT":
            return self._put(place, body, admin)
        return self._delete(place, admin)

    def _is_read_only(self, kind: Kind) -> bool:
        if self.read_only:
            return True
        if not kind.writable:
            return self.release >= dialect.READ_ONLY_INSIGHTS
        return self.mode == "global" and "G" not in kind.writable

    def _require_mesh(self, mesh: str) -> None:
        if self.store.get("Mesh", None, mesh) is None:
            raise dialect.mesh_not_found(self.release, mesh)

    def _rows(self, kind: str, mesh: str | None) -> list[Stored]:
        if kind in ("MeshInsight", "ServiceInsight"):
            return self.insights.rows(kind, mesh)
        return self.store.rows(kind, mesh)

    def _list(self, place: Place, target: str, host: str) -> JSONObject:
        asked = Asked(target, self.release)
        rows = filtered(
            self._rows(place.kind.name, place.mesh),
            place.kind.name,
            asked,
            overview=place.overview,
            route=place.route,
        )
        if place.kind.name == "ServiceInsight":
            rows = self._of_types(rows, asked)
        counts_page = place.overview and self.release < dialect.OVERVIEWS
        page = asked.page(rows, host, counts_page=counts_page)
        return {**page, "items": [self._shown(place, row) for row in page["items"]]}

    def _of_types(self, rows: list[Stored], asked: Asked) -> list[Stored]:
        given = asked.last("type")
        if not given or self.release < dialect.MESH_CHECKED:
            return rows
        types = given.split(",")
        if any(one not in SERVICE_TYPES for one in types):
            raise Failure(400, "Bad Request", "bad request: unsupported service type")
        return [row for row in rows if row.content.get("serviceType", "internal") in types]

    def _shown(self, place: Place, row: Stored) -> JSONObject:
        if place.overview:
            alone = place.name is not None
            return rendering.overview(place.kind, row, self.store, alone=alone)
        return rendering.resource(place.kind, row, self.store)

    def _one(self, place: Place, target: str) -> JSONObject:
        assert place.name is not None
        given = _format(target)
        if given not in ("universal", "k8s", "kubernetes") and self.release >= dialect.FORMATS:
            choices = '"format" must be one of ["k8s", "kubernetes", "universal"]'
            raise dialect.invalid("Could not retrieve a resource", ("", choices))
        rows = self._rows(place.kind.name, place.mesh)
        for row in rows:
            if row.name == place.name:
                return (
                    self._shown(place, row)
                    if place.overview
                    else self._formed(place.kind, row, given)
                )
        if place.kind.name == "ServiceInsight" and place.mesh:
            return self._unknown_service(place, place.mesh, place.name)
        if place.overview and self.release < dialect.OVERVIEWS:
            named = f"{place.kind.name.lower()} overview"
            raise Failure(404, f"Could not retrieve a {named}", "Not found")
        raise dialect.not_found("retrieve")

    def _unknown_service(self, place: Place, mesh: str, name: str) -> JSONObject:
        """A mesh's ServiceInsight has every service; those that nothing offers are empty."""
        insight = next(iter(self.insights.rows("ServiceInsight", mesh)), None)
        if insight is None:
            raise dialect.not_found("retrieve")
        content: JSONObject = {"dataplanes": {}}
        if self.release >= dialect.SERVICE_TYPES:
            content["addressPort"] = f"{name}.mesh:80"
        row = Stored(insight.kind, mesh, name, insight.created, insight.modified, {}, content)
        return rendering.resource(place.kind, row, self.store)

    def _by_kri(self, text: str, form: str) -> JSONObject:
        parts = text.split("_")
        if len(parts) != 7 or parts[0] != "kri":
            raise Failure(400, "Bad Request", f'bad request: invalid identifier string: "{text}"')
        _, short, mesh, zone, _, name, _ = parts
        kind = next((kind for kind in KINDS.values() if kind.short and kind.short == short), None)
        if kind is None:
            reason = f'unknown short name of resource type: "{short}"'
            raise Failure(400, "Bad Request", f"bad request: {reason}")
        for row in self.store.rows(kind.name, mesh or None):
            shown = row.labels.get(rendering.DISPLAY_NAME, row.name)
            in_zone = row.labels.get(rendering.ZONE, "") == zone
            if kind.name != "Mesh" and in_zone and name in (row.name, shown):
                return self._formed(kind, row, form)
        raise dialect.not_found("retrieve")

    def _formed(self, kind: Kind, row: Stored, form: str) -> JSONObject:
        if form != "universal" and self.release >= dialect.FORMATS:
            return kubernetes.rendered(kind, row)
        return rendering.resource(kind, row, self.store)

    def _put(self, place: Place, body: bytes, admin: bool) -> Answer:
        assert place.name is not None
        kind, mesh, name = place.kind, place.mesh, place.name
        if mesh is not None and self.release >= dialect.MESH_CHECKED:
            self._require_mesh(mesh)
        given = validation.parsed(body, kind, self.release)
        validation.check(given, kind, mesh, name, self.release)
        if kind.noun is Noun.SECRET and not admin:
            raise dialect.access_denied(self.release, kind.name)
        if mesh is not None and kind.scope is Scope.MESH:
            self._require_mesh(mesh)
        before = self.store.get(kind.name, mesh, name)
        validation.check_stored(given, kind, name, self.release, before.content if before else None)
        if before is not None:
            self._check_labels(before, given, place)
        if kind.name in ("MeshInsight", "ServiceInsight"):
            # The resyncer overwrites them, so nothing is kept.
            known = any(row.name == name for row in self._rows(kind.name, mesh))
            return self._written(201 if not known else 200, {}, kind)
        self.put(kind.name, name, given, mesh)
        return self._written(201 if before is None else 200, given, kind)

    def _check_labels(self, before: Stored, given: JSONObject, place: Place) -> None:
        labels, _ = rendering.with_computed(
            place.kind,
            self.mode,
            self.zone,
            (place.mesh, before.name),
            validation.content_of(given),
            given.get("labels") or {},
            self.release,
        )
        problems = []
        for key in rendering.IMMUTABLE:
            was, now = before.labels.get(key), labels.get(key)
            if was is not None and now is None:
                problems.append(
                    (f'labels["{key}"]', f'is immutable, cannot be removed (was "{was}")')
                )
            elif was is not None and now != was:
                reason = f'is immutable, cannot be changed from "{was}" to "{now}"'
                problems.append((f'labels["{key}"]', reason))
        if problems:
            raise dialect.invalid("Could not update a resource", *problems)

    def _written(self, status: int, given: JSONObject, kind: Kind) -> Answer:
        warnings = validation.warnings(given, kind, self.release)
        if warnings:
            return answered(status, {"warnings": warnings})
        return self._done(status)

    def _delete(self, place: Place, admin: bool) -> Answer:
        assert place.name is not None
        kind, mesh, name = place.kind, place.mesh, place.name
        if mesh is not None and self.release >= dialect.MESH_CHECKED:
            self._require_mesh(mesh)
        if kind.name in ("MeshInsight", "ServiceInsight"):
            return self._done(200)
        if self.store.get(kind.name, mesh, name) is None:
            raise dialect.not_found("delete")
        if kind.noun is Noun.SECRET and not admin:
            raise dialect.access_denied(self.release, kind.name)
        crashes = (1, 1) <= self.release < (1, 2)
        if kind.name == "Zone" and self.mode == "standalone" and crashes:
            raise ConnectionResetError("deleting a zone crashes this release's handler")
        dataplanes = self.store.rows("Dataplane", name) if kind.name == "Mesh" else []
        if dataplanes and self.release >= dialect.OWNED:
            reason = "unable to delete mesh, there are still some dataplanes attached"
            raise dialect.invalid("Could not delete a resource", ("mesh", reason))
        # 1.x does not take a mesh for the owner of the policies that it made for it.
        ownerless = kind.name == "Mesh" and self.release < (2, 0)
        made = defaults.of_mesh(name, self.release) if ownerless else []
        kept = {(name, one) for made_kind, one, _ in made if made_kind != "Secret"}
        # Before 1.0 its dataplanes stay behind.
        kept |= {(name, row.name) for row in dataplanes}
        self.store.delete(kind.name, mesh, name, kept)
        return self._done(200)

    def _done(self, status: int) -> Answer:
        if self.release >= dialect.WRITES_SAY_MORE:
            return answered(status, {})
        return dialect.silent(status)


def _format(target: str) -> str:
    return parse_qs(urlsplit(target).query).get("format", ["universal"])[0]


_NEVER: Final = (1_000_000,)


class Said:
    """What a path of the system says, which may be a JSON null."""

    def __init__(self, value: object) -> None:
        self.value = value
