// One process, no page, no log of requests, nothing kept.
import { defineConfig } from '@graphql-hive/gateway';

export const gatewayConfig = defineConfig({
  landingPage: false,
  graphiql: false,
  fork: 1,
  logging: 'warn',
});
