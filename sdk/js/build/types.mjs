// TypeScript's opinion of a plugin's types.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** What is wrong, in TypeScript's words, or nothing. */
export async function checkTypes(job) {
  const own = ["tsconfig.json", "jsconfig.json"].map((name) => join(job.root, name)).find((path) => existsSync(path));
  const config = {
    ...(own ? { extends: own } : {}),
    compilerOptions: {
      // What a project does not say for itself.
      ...(own
        ? {}
        : { strict: true, target: "es2023", lib: ["es2023", "webworker"], module: "esnext", moduleResolution: "bundler" }),
      noEmit: true,
      ...(/\.m?js$/.test(job.entry) ? { allowJs: true, checkJs: true } : {}),
      composite: false,
      incremental: false,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      paths: { "@aquatint/plugin": [join(job.sdk, "index.d.ts")] },
    },
    files: [join(job.root, job.entry)],
    include: [],
  };
  const path = join(job.scratch, "tsconfig.json");
  await writeFile(path, JSON.stringify(config, null, 2));
  const tsc = join(job.tools, "node_modules", "typescript", "bin", "tsc");
  const result = spawnSync(process.execPath, [tsc, "--project", path, "--pretty", "false"], {
    cwd: job.root,
    encoding: "utf8",
  });
  if (result.error) throw result.error;
  return result.status === 0 ? undefined : `${result.stdout}${result.stderr}`.trim();
}
