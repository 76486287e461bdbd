// Kuma's OpenAPI as a subgraph, and the links that its users would add to it.
import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadOpenAPISubgraph } from '@omnigraph/openapi';

export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph('kuma', {
        source: './openapi.yaml',
        endpoint: process.env.UPSTREAM,
      }),
    },
  ],
  additionalTypeDefs: /* GraphQL */ `
    extend type MeshItem {
      dataplanes: getDataplaneOverviewList_response
        @resolveTo(
          sourceName: "kuma"
          sourceTypeName: "Query"
          sourceFieldName: "getDataplaneOverviewList"
          requiredSelectionSet: "{ name }"
          sourceArgs: { mesh: "{root.name}" }
        )
    }
    extend type DataplaneOverviewWithMeta {
      inMesh: getMesh_response
        @resolveTo(
          sourceName: "kuma"
          sourceTypeName: "Query"
          sourceFieldName: "getMesh"
          requiredSelectionSet: "{ mesh }"
          sourceArgs: { name: "{root.mesh}" }
        )
    }
  `,
});
