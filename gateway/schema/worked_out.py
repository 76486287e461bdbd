"""Whom policies are for where the control plane does not tell: before Kuma 1.5."""

import asyncio
from collections.abc import Sequence

from gateway.errors import Unsupported
from gateway.model import inspection as model
from gateway.model import matching
from gateway.model.control_planes import Product
from gateway.model.inspection import Affected, Place
from gateway.model.kinds import Noun
from gateway.model.pages import Page
from gateway.model.resources import Resource, ResourceKey
from gateway.schema.collecting import collection, every
from gateway.schema.context import Info


async def affected(
    info: Info, policy: Resource, dataplanes: Sequence[Page], untold: Unsupported
) -> Sequence[Affected]:
    """The dataplanes that a policy is for, by the tags of all; raises Unsupported where not so."""
    kind = policy.kind.name
    upstream = info.context.upstream(policy.upstream)
    if upstream.product is not Product.KUMA or kind not in matching.PLACES:
        raise untold
    metrics, [policies] = await asyncio.gather(
        metrics_of(info, policy), collection(info, upstream, kind, policy.mesh)
    )
    found = []
    for row in (row for page in dataplanes for row in page.rows):
        if is_unknown(kind, row):
            raise Unsupported(
                f"{upstream.name}: which dataplanes a {kind} is for is told from Kuma 1.5 on "
                "where proxies are transparent",
                upstream=upstream.name,
            )
        rules = [
            rule
            for rule in matching.rules(kind, policies.rows, row.content, metrics)
            if any(one.name == policy.content.name for one in rule.origins)
        ]
        if rules:
            found.append(Affected(policy.mesh or "", row.content.name, tuple(rules)))
    return found


async def rules(info: Info, dataplane: Resource, untold: Unsupported) -> model.Rules:
    """The rules of a dataplane, by the tags of all policies of its mesh.

    Raises Unsupported where the product has no such policies.
    """
    upstream = info.context.upstream(dataplane.upstream)
    if upstream.product is not Product.KUMA:
        raise untold
    metrics, pages = await asyncio.gather(
        metrics_of(info, dataplane), every(info, upstream, Noun.POLICY, dataplane.mesh)
    )
    found: list[model.Rule] = []
    warnings: list[str] = []
    for page in pages:
        if page.broken:
            raise page.broken[0]
        kind = page.rows[0].kind.name if page.rows else ""
        if kind in matching.PLACES and is_unknown(kind, dataplane):
            warnings.append(f"{kind}: told of transparent proxies from Kuma 1.5 on alone")
        elif kind in matching.PLACES:
            found += matching.rules(kind, page.rows, dataplane.content, metrics)
    return model.Rules(tuple(found), tuple(warnings))


def is_unknown(kind: str, dataplane: Resource) -> bool:
    """Whether a proxy has outbounds that nobody wrote, and the kind is for those."""
    network = dataplane.content.network
    return matching.PLACES[kind] is Place.OUTBOUND and network.transparent_proxying is not None


async def metrics_of(info: Info, row: Resource) -> matching.MetricsConf | None:
    """The inbound that the mesh of something adds to each of its proxies."""
    key = ResourceKey(row.upstream, "Mesh", None, row.mesh or "")
    return matching.metrics_of(await info.context.loaders.resource(key))
