// From a plugin's sources to a component: `node build.mjs JOB.json`.
//
// What is being done goes to stdout, one line each; what is wrong with the sources goes to stderr, and the exit status
// is then 1. The job's fields are those of `Job` below.

import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bundle } from "./bundle.mjs";
import { checkTypes } from "./types.mjs";
import { SourceMap } from "./source-map.mjs";

/**
 * @typedef {object} Job
 * @property {string} root the plugin's folder
 * @property {string} entry its first source file, in that folder
 * @property {string} language `js` or `ts`
 * @property {string} id the manifest's
 * @property {string} version the manifest's
 * @property {string[]} hooks those of the manifest
 * @property {string[]} imports the interfaces that its world imports, such as `aquatint:plugin/log@0.1.0`
 * @property {boolean} random whether it may have real chance
 * @property {boolean} check whether TypeScript is to check the types
 * @property {string} wit the folder with `world.wit`
 * @property {string} sdk the folder of this SDK
 * @property {string} tools the folder with the toolchain's `node_modules`
 * @property {string} scratch a folder for what is made on the way
 * @property {string} output where the component goes
 */

// By its file: it has exports for `import` alone, and this module does not stand where it could be imported by name.
const COMPONENTIZE = "node_modules/@bytecodealliance/componentize-js/src/componentize.js";

class Mistake extends Error {}

async function main() {
  const job = JSON.parse(await readFile(process.argv[2], "utf8"));
  const require = createRequire(join(job.tools, "package.json"));
  // Where the editor's configuration of a new plugin looks for the types.
  await mkdir(join(job.scratch, "types"), { recursive: true });
  await copyFile(join(job.sdk, "index.d.ts"), join(job.scratch, "types", "aquatint-plugin.d.ts"));
  if (job.check) {
    console.log("checking types");
    const wrong = await checkTypes(job);
    if (wrong) throw new Mistake(wrong);
  }
  console.log("bundling");
  const esbuild = require("esbuild");
  const { code, map, wrong, warnings } = await bundle(esbuild, job);
  for (const warning of warnings) console.log(`warning: ${warning}`);
  if (wrong) throw new Mistake(wrong);
  const sources = new SourceMap(map, job);
  const source = join(job.scratch, "bundle.js");
  await writeFile(source, `${code}\nglobalThis.__aquatintLines = ${JSON.stringify(sources.table())};\n`);

  console.log("making a component");
  const { componentize } = await import(pathToFileURL(join(job.tools, COMPONENTIZE)).href);
  // Anything but what the contract has is left out: no terminal, no HTTP of WASI's.
  const disableFeatures = ["stdio", "http", "fetch-event"];
  if (!job.random) disableFeatures.push("random");
  process.chdir(job.scratch);
  const options = { sourcePath: source, witPath: job.wit, worldName: "plugin", disableFeatures };
  const { component } = await componentize(options).catch((error) => {
    throw new Mistake(sources.translate(readable(String(error?.message ?? error))));
  });
  await writeFile(job.output, component);
}

/** Without the toolchain's own noise. */
function readable(message) {
  return message
    .replace(/^Failed to initialize component \(.*\):\n/, "")
    .replace(/^Exception while evaluating top-level script\n/, "")
    .replace(/\nAdditionally, some promises were rejected[^]*?(?=\nStack:|$)/, "")
    .trim();
}

main().catch((error) => {
  console.error(error instanceof Mistake ? error.message : (error?.stack ?? String(error)));
  process.exitCode = 1;
});
