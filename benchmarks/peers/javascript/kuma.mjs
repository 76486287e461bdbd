// The control plane's HTTP API, and the loaders that one operation reads it through.
import DataLoader from 'dataloader';
import { Pool } from 'undici';

const PATHS = { MeshTimeout: 'meshtimeouts', MeshRetry: 'meshretries' };
const SIZE = 'size=1000';

export class Kuma {
  constructor(url) {
    this.pool = new Pool(url);
  }

  async get(path) {
    const { statusCode, body } = await this.pool.request({ method: 'GET', path });
    if (statusCode === 404) {
      await body.dump();
      return null;
    }
    if (statusCode !== 200) throw new Error(`the control plane answered ${statusCode}`);
    return body.json();
  }

  async list(path) {
    return (await this.get(`${path}?${SIZE}`))?.items ?? [];
  }

  async put({ kind, mesh, name, spec }) {
    const path = `/meshes/${encodeURIComponent(mesh)}/${PATHS[kind]}/${encodeURIComponent(name)}`;
    const { statusCode, body } = await this.pool.request({
      method: 'PUT',
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: kind, mesh, name, spec }),
    });
    await body.dump();
    if (statusCode >= 300) throw new Error(`the control plane answered ${statusCode}`);
    return statusCode === 201 ? 'CREATED' : 'UPDATED';
  }
}

const each = (load) => new DataLoader((keys) => Promise.all(keys.map(load)));

export function context(kuma) {
  return {
    kuma,
    mesh: each((name) => kuma.get(`/meshes/${encodeURIComponent(name)}`)),
    dataplanesOf: each((mesh) =>
      kuma.list(`/meshes/${encodeURIComponent(mesh)}/dataplanes/_overview`),
    ),
    servicesOf: each(async (mesh) => {
      const found = await kuma.list(`/meshes/${encodeURIComponent(mesh)}/service-insights`);
      return new Map(found.map((one) => [one.name, one]));
    }),
  };
}
