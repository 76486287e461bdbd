// The page: GraphiQL against the address it was loaded from, with the explorer and our examples.
import { explorerPlugin } from "@graphiql/plugin-explorer";
import "@graphiql/plugin-explorer/style.css";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";
import "./page.css";

// The names of the workers carry their hash; build.mjs puts them in.
const workers = { json: JSON_WORKER, graphql: GRAPHQL_WORKER, editor: EDITOR_WORKER };

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) =>
    new Worker(new URL(workers[label] ?? workers.editor, import.meta.url)),
};

const root = document.getElementById("graphiql");
const examples = JSON.parse(root.dataset.examples);

async function fetcher(parameters, { headers } = {}) {
  const response = await fetch(location.pathname, {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9",
      "content-type": "application/json",
      ...headers,
    },
    body: JSON.stringify(parameters),
  });
  return response.json();
}

const plugins = [HISTORY_PLUGIN, explorerPlugin()];
const tabs = examples.map(({ title, query, variables }) => ({
  query: `# ${title}\n\n${query}\n`,
  variables: variables ? JSON.stringify(variables, null, 2) : "",
}));

createRoot(root).render(
  <GraphiQL
    fetcher={fetcher}
    plugins={plugins}
    defaultTabs={tabs}
    defaultEditorToolsVisibility="variables"
    isHeadersEditorEnabled
    inputValueDeprecation
    schemaDescription
  />,
);
