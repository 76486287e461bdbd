// Bundles GraphiQL into static files that the Python package carries compressed, so that nobody
// needs Node or a CDN to run the gateway. Run by `npm ci && npm run build`; the result is committed.
import { build } from "esbuild";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.env.OUT ?? join(here, "../../gateway/server/graphiql/static");
const notices = process.env.OUT
  ? join(out, "NOTICES")
  : join(here, "../../gateway/server/graphiql/NOTICES");

const WORKERS = {
  EDITOR_WORKER: "monaco-editor/esm/vs/editor/editor.worker.js",
  GRAPHQL_WORKER: "monaco-graphql/esm/graphql.worker.js",
  JSON_WORKER: "monaco-editor/esm/vs/language/json/json.worker.js",
};

// GraphiQL's style sheet already holds Monaco's, fonts included.
const monacoStyles = {
  name: "monaco-styles",
  setup: (it) =>
    it.onLoad({ filter: /monaco-editor\/.*\.css$/ }, () => ({ contents: "", loader: "css" })),
};

// Letters come from the reader's system; of the fonts, Monaco's icons alone stay.
const systemFonts = {
  name: "system-fonts",
  setup: (it) => {
    it.onLoad({ filter: /graphiql\/dist\/style\.css$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace(/@font-face\s*\{[^}]*\}/g, (face) =>
        face.includes("codicon") ? face : "",
      ),
      loader: "css",
    }));
    it.onLoad({ filter: /react\/dist\/utility\/create-editor\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replace('"\\"Fira Code\\""', '"ui-monospace, monospace"'),
      loader: "js",
    }));
  },
};

const common = {
  bundle: true,
  minify: true,
  metafile: true,
  write: false,
  outdir: out,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  // The old names lead to CommonJS, whose exports a dynamic import does not see by name.
  alias: {
    "prettier/parser-babel": "prettier/plugins/babel",
    "prettier/parser-graphql": "prettier/plugins/graphql",
  },
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  target: "es2022",
  absWorkingDir: here,
};

const files = [];
const inputs = new Set();

async function bundle(options) {
  const { metafile, outputFiles } = await build({ ...common, ...options });
  files.push(...outputFiles.filter(({ contents }) => contents.length > 0));
  for (const { inputs: used } of Object.values(metafile.outputs))
    for (const [path, { bytesInOutput }] of Object.entries(used))
      if (bytesInOutput > 0) inputs.add(path);
  const entries = {};
  for (const [path, { entryPoint, cssBundle }] of Object.entries(metafile.outputs))
    if (entryPoint?.endsWith(options.entryPoints[0])) Object.assign(entries, { script: basename(path), style: cssBundle });
  return entries;
}

const define = { ...common.define };
for (const [name, path] of Object.entries(WORKERS)) {
  const { script } = await bundle({ entryPoints: [path], format: "iife" });
  define[name] = JSON.stringify(`./${script}`);
}
const { script, style } = await bundle({
  entryPoints: ["main.jsx"],
  format: "esm",
  splitting: true,
  jsx: "automatic",
  define,
  plugins: [monacoStyles, systemFonts],
});

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
let total = 0;
for (const { path, contents } of files) {
  const packed = gzipSync(contents, { level: 9 });
  writeFileSync(join(out, `${basename(path)}.gz`), packed);
  total += packed.length;
}
writeFileSync(
  join(out, "manifest.json"),
  JSON.stringify({ script, style: basename(style) }, null, 2) + "\n",
);
writeFileSync(notices, text([...inputs]));
console.log(`${files.length} files, ${total} bytes compressed`);

// What the bundle holds, read from what esbuild put into it: name, version, licence, its text.
function text(paths) {
  const packages = new Map();
  for (const path of paths) {
    const found = path.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
    if (!found) continue;
    const folder = join(here, found[1]);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    packages.set(`${about.name} ${about.version}`, { about, folder });
  }
  const rows = [...packages].sort(([a], [b]) => (a < b ? -1 : 1));
  const head =
    "The GraphiQL page holds the packages below, as published on npm and minified by esbuild.\n" +
    "Monaco's icons are the font Codicons, by Microsoft, under CC BY 4.0.\n" +
    "Written by tools/graphiql/build.mjs; not edited by hand.\n";
  const list = rows.map(([name, { about }]) => `${name}  ${licence(about)}`).join("\n");
  const byText = new Map();
  for (const [name, { folder }] of rows)
    for (const file of readdirSync(folder).filter((it) => /^(licen[cs]e|copying|notice|thirdparty)/i.test(it))) {
      const body = readFileSync(join(folder, file), "utf8").replace(/\r/g, "").trim();
      byText.set(body, [...(byText.get(body) ?? []), name]);
    }
  const texts = [...byText].map(([body, names]) => `${names.join(", ")}\n\n${body}`);
  const rule = `\n\n${"-".repeat(78)}\n\n`;
  return [`${head}\n${list}`, ...texts].join(rule) + "\n";
}

function licence({ license, licenses }) {
  return license?.type ?? license ?? licenses?.map(({ type }) => type).join(" OR ") ?? "see below";
}
