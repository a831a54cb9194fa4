// Stands in for the host in tests: `node --import testing/contract.mjs`.

import { register } from "node:module";

const MODULES = {
  log: "export const lines = []; export function write(level, message) { lines.push([level, message]); }",
};

const HOOKS = `
  const modules = ${JSON.stringify(MODULES)};
  export async function resolve(specifier, context, next) {
    const name = /^aquatint:plugin\\/([a-z-]+)@/.exec(specifier)?.[1];
    if (!name) return next(specifier, context);
    return { url: "data:text/javascript," + encodeURIComponent(modules[name]), shortCircuit: true };
  }
`;

register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
