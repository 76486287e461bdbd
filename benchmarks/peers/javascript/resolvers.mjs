// What each field reads of Kuma's JSON; a field that is not here has its own name there.
const named = {
  createdAt: (one) => one.creationTime,
  modifiedAt: (one) => one.modificationTime,
};
const networking = (one) => one.dataplane?.networking ?? one.networking;
const sets = (one) => [
  ...(networking(one).inbound ?? []).map((inbound) => inbound.tags ?? {}),
  ...(networking(one).gateway ? [networking(one).gateway.tags ?? {}] : []),
];
const ready = ({ state, health }) => state !== 'NotReady' && (!health || health.ready === true);

function status(one) {
  const subscriptions = one.dataplaneInsight?.subscriptions ?? [];
  if (!subscriptions.some((sub) => sub.connectTime && !sub.disconnectTime)) return 'OFFLINE';
  if (networking(one).gateway) return 'ONLINE';
  const inbound = networking(one).inbound ?? [];
  const up = inbound.filter(ready).length;
  if (up === 0) return 'OFFLINE';
  return up === inbound.length ? 'ONLINE' : 'PARTIALLY_DEGRADED';
}

async function services(one, _, context) {
  const names = new Set(sets(one).map((tags) => tags['kuma.io/service']));
  const found = await context.servicesOf.load(one.mesh);
  return [...names].sort().flatMap((name) => found.get(name) ?? []);
}

const some = (rows, first) => (first == null ? rows : rows.slice(0, first));

export const resolvers = {
  Query: {
    meshes: (_, __, { kuma }) => kuma.list('/meshes'),
    mesh: (_, { name }, context) => context.mesh.load(name),
    dataplanes: async (_, { mesh, first }, context) =>
      some(
        mesh == null
          ? await context.kuma.list('/dataplanes/_overview')
          : await context.dataplanesOf.load(mesh),
        first,
      ),
    dataplane: (_, { mesh, name }, { kuma }) =>
      kuma.get(`/meshes/${encodeURIComponent(mesh)}/dataplanes/${encodeURIComponent(name)}/_overview`),
  },
  Mutation: {
    applyPolicy: async (_, { input }, { kuma }) => ({ outcome: await kuma.put(input) }),
  },
  Resource: { __resolveType: (one) => one.type.replace('Overview', '').replace('Insight', '') },
  Mesh: {
    ...named,
    dataplanes: async (mesh, { first }, context) =>
      some(await context.dataplanesOf.load(mesh.name), first),
  },
  MeshMtls: { backends: (mtls) => mtls.backends ?? [] },
  Dataplane: {
    ...named,
    address: (one) => networking(one).advertisedAddress ?? networking(one).address,
    mesh: (one, _, context) => context.mesh.load(one.mesh),
    networking,
    insight: (one) => one.dataplaneInsight,
    status,
    services,
  },
  DataplaneNetworking: { inbounds: (one) => one.inbound ?? [] },
  DataplaneInbound: {
    tags: ({ tags = {} }) => Object.keys(tags).sort().map((key) => ({ key, value: tags[key] })),
    tagMap: ({ tags = {} }) => tags,
  },
  DataplaneInsight: {
    subscriptions: (insight) => insight.subscriptions ?? [],
    mtls: (insight) => insight.mTLS,
  },
  Subscription: { instance: (sub) => sub.controlPlaneInstanceId },
  Service: { ...named, status: (one) => one.status.toUpperCase() },
};
