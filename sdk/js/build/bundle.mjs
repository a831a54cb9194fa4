// One module out of a plugin's sources, its npm packages and the part of the SDK that it uses.

import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative, resolve } from "node:path";

const CONTRACT = /^aquatint:plugin\/([a-z-]+)@/;
const MISSING = "missing";

/** How an interface that a world lacks comes into it. */
const ADVICE = {
  image: "pictures are there for the hooks `post-process` and `script`, and with `permissions.inference`",
  latents: "latents are there for the hook `denoise`, and with `permissions.inference`",
  store: "expected `permissions.store` in plugin.toml, with a quota and a reason",
  fetch: "expected `permissions.net` in plugin.toml, with each host and a reason",
  generate: "drawing is there for the hook `script`",
  inference: "expected `permissions.inference` in plugin.toml, with a reason",
};

const NOUNS = {
  image: "`Picture`",
  latents: "`Latents`",
  generate: "`generate` or `draw`",
};

export async function bundle(esbuild, job) {
  const result = await esbuild
    .build({
      stdin: { contents: entry(job), resolveDir: job.root, sourcefile: "entry.js", loader: "js" },
      absWorkingDir: job.root,
      outfile: join(job.scratch, "bundle.js"),
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      conditions: ["module", "import", "default"],
      target: "es2022",
      charset: "utf8",
      keepNames: false,
      legalComments: "none",
      sourcemap: "external",
      logLevel: "silent",
      loader: { ".txt": "text" },
      plugins: [contract(job), sdk(job), node()],
    })
    .catch((error) => ({ errors: error.errors ?? [{ text: String(error) }], warnings: error.warnings ?? [] }));
  // A plugin that exports its hooks by name has no default export, which is as it should be.
  const warnings = result.warnings.filter(({ id }) => id !== "import-is-undefined").map(oneMessage);
  if (result.errors.length) {
    // By the name that the author knows it by.
    const index = `"${relative(job.root, join(job.sdk, "index.js"))}"`;
    return { warnings, wrong: result.errors.map(oneMessage).join("\n").replaceAll(index, '"@aquatint/plugin"') };
  }
  const [output] = Object.values(result.metafile.outputs).filter(({ entryPoint }) => entryPoint !== undefined);
  const missing = Object.entries(output.inputs)
    .filter(([name, { bytesInOutput }]) => name.startsWith(`${MISSING}:`) && bytesInOutput > 0)
    .map(([name]) => CONTRACT.exec(name.slice(MISSING.length + 1))[1]);
  if (missing.length) {
    const lines = missing.map((name) => `the plugin uses ${NOUNS[name] ?? `\`${name}\``}: ${ADVICE[name] ?? "its world has no such import"}`);
    return { warnings, wrong: lines.join("\n") };
  }
  const file = (end) => result.outputFiles.find(({ path }) => path.endsWith(end)).text;
  return { warnings, code: file("bundle.js"), map: JSON.parse(file("bundle.js.map")) };
}

/** The module that exports what the world wants. The SDK comes first: it sets up the environment. */
function entry(job) {
  const { name, version } = JSON.parse(readFileSync(join(job.sdk, "package.json"), "utf8"));
  const about = {
    id: job.id,
    version: job.version,
    language: job.language === "ts" ? "TypeScript" : "JavaScript",
    sdk: `${name} ${version}`,
    random: job.random,
  };
  const camel = (hook) => hook.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  const lines = ['import { info as infoOf, pluginOf } from "aquatint-sdk:src/entry.js";'];
  for (const hook of job.hooks) {
    lines.push(`import { ${camel(hook)} as ${camel(hook)}Of } from "aquatint-sdk:src/hooks/${hook}.js";`);
  }
  lines.push(`import * as module from ${JSON.stringify(`./${job.entry}`)};`);
  lines.push(`const about = ${JSON.stringify(about)};`, "const plugin = pluginOf(module);");
  lines.push("export const info = infoOf(about);");
  for (const hook of job.hooks) lines.push(`export const ${camel(hook)} = ${camel(hook)}Of(plugin, about);`);
  return lines.join("\n");
}

/** The interfaces of the contract: the component's imports, as far as its world has them. */
function contract(job) {
  return {
    name: "contract",
    setup(build) {
      build.onResolve({ filter: CONTRACT }, ({ path }) =>
        job.imports.includes(path)
          ? { path, external: true, sideEffects: false }
          : { path, namespace: MISSING, sideEffects: false },
      );
      build.onLoad({ filter: /.*/, namespace: MISSING }, () => ({ contents: "module.exports = {};", loader: "js" }));
    },
  };
}

/** The SDK, from its folder: a plugin needs no copy of it, and what it does not use is not in its bundle. */
function sdk(job) {
  const within = (path) => ({ path, sideEffects: path.endsWith("environment.js") });
  return {
    name: "sdk",
    setup(build) {
      build.onResolve({ filter: /^@aquatint\/plugin$/ }, () => within(join(job.sdk, "index.js")));
      build.onResolve({ filter: /^aquatint-sdk:/ }, ({ path }) => within(join(job.sdk, path.slice("aquatint-sdk:".length))));
      build.onResolve({ filter: /^\.{1,2}\// }, ({ path, importer, resolveDir }) =>
        importer.startsWith(join(job.sdk, "/")) && !importer.includes("node_modules")
          ? within(resolve(resolveDir || dirname(importer), path))
          : undefined,
      );
    },
  };
}

/** What only Node has. */
function node() {
  return {
    name: "node",
    setup(build) {
      build.onResolve({ filter: /^(node:)?[a-z_/]+$/ }, ({ path }) => {
        if (!path.startsWith("node:") && !builtinModules.includes(path)) return undefined;
        // A package from npm may have the name of one of Node's modules.
        if (!path.startsWith("node:") && path === "punycode") return undefined;
        const text = `\`${path}\` is part of Node, which a plugin does not run in: see \`assets\`, \`store\` and \`fetch\` of @aquatint/plugin`;
        return { errors: [{ text }] };
      });
    },
  };
}

/** `src/plugin.js:3:7: Expected ";" but found "y"`, with the line and a mark under it. */
function oneMessage({ text, location, notes = [] }) {
  const hint = /^Could not resolve "[^./]/.test(text) ? [{ text: "`npm install` in the plugin's folder gets the packages that its package.json lists" }] : [];
  const lines = [];
  if (location) {
    lines.push(`${location.file}:${location.line}:${location.column + 1}: ${text}`, `  ${location.lineText}`);
    lines.push(`  ${" ".repeat(location.column)}${"^".repeat(Math.max(1, Math.min(location.length, location.lineText.length - location.column)))}`);
  } else {
    lines.push(text);
  }
  for (const note of hint.length ? hint : notes.filter(({ location: where }) => where)) {
    const place = note.location ? `${note.location.file}:${note.location.line}: ` : "";
    lines.push(`  ${place}${note.text}`);
  }
  return lines.join("\n");
}
