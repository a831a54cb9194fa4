// From places in a bundle to places in the sources, by a source map (ECMA-426).

import { join, relative, resolve, sep } from "node:path";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export class SourceMap {
  constructor(map, job) {
    this.lines = decode(map.mappings);
    // The SDK's own sources are of no use to an author.
    const inSdk = (path) => path.startsWith(join(job.sdk, "/"));
    this.sources = map.sources.map((source) => {
      const path = resolve(job.scratch, source);
      if (source.startsWith("entry.js") || path.endsWith(`${sep}entry.js`) || inSdk(path)) return undefined;
      return relative(job.root, path).split(sep).join("/");
    });
  }

  /** The place of a line and column of the bundle, both from 1; `undefined` inside the SDK. */
  place(line, column) {
    const segments = this.lines[line - 1] ?? [];
    const segment = segments.findLast((candidate) => candidate.column <= column - 1) ?? segments[0];
    const source = segment && this.sources[segment.source];
    return source === undefined ? undefined : { source, line: segment.line + 1, column: segment.sourceColumn + 1 };
  }

  /** What the runtime needs to name places: for each line of the bundle, a source (-1: none) and a line. */
  table() {
    const lines = this.lines.flatMap((segments) => {
      const first = segments.find(({ source }) => this.sources[source] !== undefined);
      return first ? [first.source, first.line + 1] : [-1, 0];
    });
    return { sources: this.sources.map((source) => source ?? null), lines };
  }

  /** A text in which the places of the bundle are those of the sources. */
  translate(text) {
    const lines = text.split("\n").map((line) => {
      const found = /\S*bundle\.js:(\d+):(\d+)/.exec(line);
      if (!found) return line;
      const place = this.place(Number(found[1]), Number(found[2]));
      if (!place) return /^\s+\S*@/.test(line) ? undefined : line.replace(/\S*bundle\.js:\d+:\d+ ?/, "");
      const name = /^\s+(.*?)@/.exec(line)?.[1];
      const where = `${place.source}:${place.line}:${place.column}`;
      if (name !== undefined) return `  at ${where}${name ? ` in ${name}` : ""}`;
      return line.replace(found[0], where).replace(`${where} `, `${where}: `);
    });
    return lines.filter((line) => line !== undefined && line !== "Stack:").join("\n");
  }
}

/** For each line its segments, with places counted from 0. */
function decode(mappings) {
  let [source, line, sourceColumn] = [0, 0, 0];
  return mappings.split(";").map((text) => {
    let column = 0;
    const segments = [];
    for (const part of text.split(",")) {
      if (!part) continue;
      const [columns, sources, lines, sourceColumns] = numbers(part);
      column += columns;
      if (sources === undefined) continue;
      source += sources;
      line += lines;
      sourceColumn += sourceColumns;
      segments.push({ column, source, line, sourceColumn });
    }
    return segments;
  });
}

/** Base64 VLQ: five bits a digit, the sixth says that more follow; the lowest bit of a number is its sign. */
function numbers(text) {
  const result = [];
  let value = 0;
  let shift = 0;
  for (const character of text) {
    const digit = DIGITS.indexOf(character);
    value |= (digit & 31) << shift;
    if (digit & 32) {
      shift += 5;
    } else {
      result.push(value & 1 ? -(value >>> 1) : value >>> 1);
      value = 0;
      shift = 0;
    }
  }
  return result;
}
