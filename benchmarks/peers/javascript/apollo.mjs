// Apollo Server, standalone. Usage: node apollo.mjs PORT URL
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { readFileSync } from 'node:fs';

import { Kuma, context } from './kuma.mjs';
import { resolvers } from './resolvers.mjs';

const [port, url] = process.argv.slice(2);
const kuma = new Kuma(url);
const typeDefs = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8');
await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), {
  context: async () => context(kuma),
  listen: { port: Number(port), host: '127.0.0.1' },
});
