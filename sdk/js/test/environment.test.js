// What a plugin finds of chance, time and console. In a realm of its own: the environment replaces what Node has.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const HOOKS = fileURLToPath(new URL("../testing/contract.mjs", import.meta.url));

function run(code) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--no-warnings", "--import", HOOKS, "--input-type=module", "--eval", code],
    { cwd: fileURLToPath(new URL(".", import.meta.url)), encoding: "utf8" },
  );
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
}

const START = `
  import { beginStream } from "../src/environment.js";
  import { lines } from "aquatint:plugin/log@0.1.0";
  const tell = (value) => process.stdout.write(JSON.stringify(value));
`;

test("a stream begins with the call, whatever was drawn before it", () => {
  const code = (before) => `${START}
    for (let i = 0; i < ${before}; i++) Math.random();
    beginStream(5n, "x");
    tell([Math.random(), Array.from(crypto.getRandomValues(new Uint8Array(4))), crypto.randomUUID()]);`;
  const [number, bytes, uuid] = run(code(0));
  assert.deepEqual(run(code(3)), [number, bytes, uuid]);
  assert.notEqual(run(code(0).replace("5n", "6n"))[0], number);
  assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("with real chance the seed decides nothing", () => {
  const code = `${START} beginStream(5n, "x", true); tell(Math.random());`;
  assert.notEqual(run(code), run(code));
});

test("the clock stands still while the plugin is built, and is the host's afterwards", () => {
  const [built, made, text, later, real, date] = run(`${START}
    const built = [Date.now(), new Date().getTime(), Date()];
    beginStream(1n, "x");
    tell([...built, Date.now(), new Date(5).getTime(), new Date() instanceof Date && Date.UTC(1970, 0, 1) === 0]);`);
  assert.equal(built, Date.UTC(2000, 0, 1));
  assert.equal(made, built);
  assert.match(text, /2000|1999/);
  assert.ok(Math.abs(later - Date.now()) < 60_000);
  assert.equal(real, 5);
  assert.equal(date, true);
});

test("the console writes into the log, once there is one", () => {
  const lines = run(`${START}
    console.log("too early");
    beginStream(1n, "x");
    console.log("a", 1, { b: [2n] }, null, undefined);
    console.warn(new RangeError("c").message);
    const round = {}; round.round = round;
    console.debug(round);
    tell(lines);`);
  assert.deepEqual(lines, [
    ["info", 'a 1 {"b":["2n"]} null undefined'],
    ["warn", "c"],
    ["debug", "[object Object]"],
  ]);
});
