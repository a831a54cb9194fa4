// Where in the sources a stack points to. A build appends a table to the bundle: the sources' names, and for each line
// of the bundle a source and a line in it.

const FRAME = /^(.*?)@.*?:(\d+):\d+$/;

/** The places of a stack, innermost first: `src/plugin.js:12 in paint`. Those inside the SDK are left out. */
export function sourcePlaces(stack, table = globalThis.__aquatintLines) {
  if (!stack || !table) return [];
  const places = [];
  for (const line of String(stack).split("\n")) {
    const [, name, number] = FRAME.exec(line) ?? [];
    if (number === undefined) continue;
    const source = table.sources[table.lines[2 * (number - 1)]];
    if (source === undefined) continue;
    const place = `${source}:${table.lines[2 * (number - 1) + 1]}`;
    places.push(name ? `${place} in ${name}` : place);
  }
  return places;
}
