// Opens the page of a sweep in Chromium and uses it as people do. Not part of the tests: it needs a browser.
//
//   cargo run --example sheet -- FOLDER && npm install playwright-core
//   node tests/page/check.mjs FOLDER [PICTURES] [--dark]
//
// FOLDER is as the example makes it without further arguments: 6 columns, 8 rows, 2 pages. Screenshots are put into the
// folder PICTURES. Chromium is the system's, or that of the variable CHROMIUM.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const dark = process.argv.includes("--dark");
const [folder, pictures] = words;
if (pictures) mkdirSync(pictures, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: dark ? "dark" : "light" });
const troubles = [];
page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
page.on("pageerror", (error) => troubles.push(String(error)));
page.on("dialog", (dialog) => troubles.push(`a text of the sweep became a script: ${dialog.message()}`));
page.on("request", (request) => {
  if (!request.url().startsWith("file:")) troubles.push(`a request for ${request.url()}`);
});

const shot = async (name) => pictures && page.screenshot({ path: `${pictures}/${name}.png` });
const cells = () => page.locator(".cell").count();
const active = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
/** Waits until every picture in sight is loaded, and says how many there are. */
async function loaded(within = "#sheet") {
  await page.waitForFunction((within) => {
    const all = [...document.querySelectorAll(`${within} img`)];
    return all.length > 0 && all.every((picture) => picture.complete && picture.naturalWidth > 0);
  }, within);
  return page.locator(`${within} img`).count();
}

await page.goto(pathToFileURL(resolve(folder, "index.html")).href);
assert.ok((await loaded()) > 5, "pictures are loaded from names with spaces, # and %");
assert.equal(await page.title(), "a {cat} on a roof & </title><b>more");
assert.equal(await page.locator("h1 b").count(), 0, "a title is text");
await shot("grid");

// Errors are shown as text.
const failed = page.locator(".cell.failed .note").first();
assert.match(await failed.innerText(), /<script>alert\(1\)<\/script>/);

// The keys move the focus, and stop at the edges.
await page.locator(".cell[tabindex='0']").focus();
for (const key of ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowLeft"]) await page.keyboard.press(key);
assert.match(await active(), /^CFG scale: CFG scale: 1\.5, Prompt: a cat, Seed: 1: done$/);
await page.keyboard.press("Control+End");
assert.match(await active(), /^CFG scale: CFG scale: 3\.5, Prompt: .*reversed.*, Seed: 1/);
await page.keyboard.press("Control+Home");

// Swapping.
const columnNames = () => page.locator("#corner span").allInnerTexts();
assert.deepEqual(await columnNames(), ["CFG scale →", "Prompt ↓"]);
await page.locator("#swap").click();
assert.deepEqual(await columnNames(), ["Prompt →", "CFG scale ↓"]);
await loaded();
await shot("swapped");
await page.keyboard.press("s");
assert.deepEqual(await columnNames(), ["CFG scale →", "Prompt ↓"]);
// Another axis across: what was there becomes a choice above.
await page.locator("#x").selectOption({ label: "Seed" });
assert.deepEqual(await columnNames(), ["Seed →", "Prompt ↓"]);
assert.equal(await page.locator("#others select").getAttribute("aria-label"), "CFG scale");
await page.locator("#x").selectOption({ label: "CFG scale" });
await page.getByRole("button", { name: "next Seed" }).click();
assert.match(await page.locator(".cell").first().getAttribute("aria-label"), /Seed: 2/);

// The address keeps what was chosen.
await page.reload();
assert.match(await page.locator(".cell").first().getAttribute("aria-label"), /Seed: 2/);
await page.getByRole("button", { name: "previous Seed" }).click();

// Size.
const wide = () => page.locator(".cell").first().evaluate((cell) => cell.offsetWidth);
const before = await wide();
await page.locator("#size").fill("320");
assert.equal(await wide(), 320);
await page.locator("#view").focus();
await page.keyboard.press("-");
assert.equal(await wide(), 256);
await page.locator("#size").fill(String(before));

// One status alone.
const all = await cells();
for (const status of ["done", "skipped", "missing"]) await page.locator(`#statuses input[value=${status}]`).uncheck();
assert.ok((await cells()) < all);
assert.equal(await page.locator(".cell:not(.hidden)").count(), await page.locator(".cell.failed").count());
await shot("failed");
await page.locator("#statuses input[value=failed]").uncheck();
assert.ok(await page.locator("#nothing").isVisible());
for (const status of ["done", "skipped", "missing", "failed"]) await page.locator(`#statuses input[value=${status}]`).check();
assert.equal(await cells(), all);

// One picture, by keys.
await page.locator(".cell[tabindex='0']").focus();
await page.keyboard.press("Control+Home");
await page.keyboard.press("Enter");
await loaded("#viewer");
await page.keyboard.press("ArrowRight");
await page.keyboard.press("]");
await loaded("#viewer");
const facts = await page.locator("#viewer aside").innerText();
assert.match(facts, /CFG scale: 1\.5/);
assert.match(facts, /18446744073709551614/, "seeds keep every digit");
assert.match(await page.locator("#viewer-link").getAttribute("href"), /^\.\/cells\/001-000-1%20%2350%25\.png$/);
await shot("viewer");
await page.keyboard.press("z");
const own = await page.locator("#viewer img").evaluate((picture) => [picture.offsetWidth, picture.naturalWidth]);
assert.equal(own[0], own[1]);
await page.keyboard.press("[");
await page.keyboard.press("c");
await page.keyboard.press("Escape");
assert.match(await active(), /CFG scale: 1\.5/, "the focus is back where the picture was");

// Two pictures.
await page.keyboard.press("ArrowDown");
await page.keyboard.press("c");
assert.equal(await page.locator(".cell.picked").count(), 2);
await shot("picked");
await page.locator("#open-compare").click();
assert.equal(await loaded("#compare"), 2);
assert.deepEqual(await page.locator("#compare .other").allInnerTexts().then((texts) => texts.length), 2, "only the prompt differs");
await shot("compare-side");
for (const mode of ["slider", "flicker", "difference"]) {
  await page.locator(`#modes input[value=${mode}]`).check();
  assert.equal(await loaded("#compare"), 2);
  if (mode === "slider") {
    const box = await page.locator("#pair .top").boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.4, box.y + 20);
    await page.mouse.up();
    const cut = await page.locator("#pair .top").evaluate((picture) => picture.style.clipPath);
    const right = Number(/inset\(0px ([\d.]+)px/.exec(cut)[1]);
    assert.ok(Math.abs(right - box.width * 0.6) < 5, `${cut} of ${box.width}`);
  }
  if (mode === "flicker") {
    const off = () => page.locator("#pair .top.off").count();
    const now = await off();
    await page.waitForFunction((now) => document.querySelectorAll("#pair .top.off").length !== now, now, { timeout: 3000 });
  }
  await shot(`compare-${mode}`);
}
await page.keyboard.press("Escape");
assert.equal(await page.locator("dialog[open]").count(), 0);

assert.deepEqual(troubles, []);
await browser.close();
console.log("the page does what it should");
