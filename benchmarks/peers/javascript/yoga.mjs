// GraphQL Yoga with graphql-jit. Usage: node yoga.mjs PORT URL
import { useGraphQlJit } from '@envelop/graphql-jit';
import { createSchema, createYoga } from 'graphql-yoga';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import { Kuma, context } from './kuma.mjs';
import { resolvers } from './resolvers.mjs';

const [port, url] = process.argv.slice(2);
const kuma = new Kuma(url);
const typeDefs = readFileSync(new URL('schema.graphql', import.meta.url), 'utf8');
const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers }),
  context: () => context(kuma),
  plugins: [useGraphQlJit()],
  logging: false,
});
createServer(yoga).listen(Number(port), '127.0.0.1');
