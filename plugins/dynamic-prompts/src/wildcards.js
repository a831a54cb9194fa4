// Wildcards: names and the lines behind them.

import { TemplateError, parse } from "./parse.js";

const FOLDER = "wildcards/";
const LINE = /^\s*([^\s:(){}|$]+)\s*:\s?(.*)$/;
const WEIGHT = /^(\d+(?:\.\d+)?|\.\d+)::(.*)$/s;

export class Wildcards {
  constructor() {
    // For each name its lines, as options of a choice: weight, and the tree once it is asked for.
    this.lists = new Map();
  }

  /** Adds a file: a value each line, `#` for comments; or JSON, lists of texts in objects. */
  addFile(path, text) {
    const name = path.slice(path.startsWith(FOLDER) ? FOLDER.length : 0);
    if (name.endsWith(".json")) {
      let json;
      try {
        json = JSON.parse(text);
      } catch (error) {
        throw new TemplateError(`wildcard file ${path}: ${error.message}`);
      }
      if (Array.isArray(json)) this.addTree(name.slice(0, -".json".length), json);
      // In a file of many lists their names are those inside, wherever the file is.
      else for (const [key, inner] of Object.entries(json ?? {})) this.addTree(key, inner);
    } else if (name.endsWith(".txt")) {
      const list = name.slice(0, -".txt".length);
      const lines = text.split(/\r?\n/).map((line, index) => ({ text: line.trim(), where: `wildcard ${list}, line ${index + 1}` }));
      this.set(list, lines.filter(({ text: line }) => line !== "" && !line.startsWith("#")));
    }
  }

  addTree(name, tree) {
    if (Array.isArray(tree)) {
      const texts = tree.filter((item) => typeof item === "string");
      this.set(name, texts.map((text, index) => ({ text: text.trim(), where: `wildcard ${name}, value ${index + 1}` })));
    } else if (tree && typeof tree === "object") {
      for (const [key, inner] of Object.entries(tree)) this.addTree(`${name}/${key}`, inner);
    }
  }

  /** Adds lines such as `color: red | 2::blue`. */
  addSetting(text) {
    text.split(/\r?\n/).forEach((line, index) => {
      if (line.trim() === "" || line.trim().startsWith("#")) return;
      const where = `setting wildcards, line ${index + 1}`;
      const [, name, values] = LINE.exec(line) ?? [];
      if (name === undefined) {
        throw new TemplateError(`${where}: \`${line.trim()}\` is no wildcard, expected a line such as color: red | blue`);
      }
      // The values are the inside of a choice, which is put where they are in the line, for the places in messages.
      const before = line.length - values.length - 1;
      const { parts, fail } = parse(`${" ".repeat(before)}{${values}}`, where);
      const { options } = parts.find(({ kind }) => kind === "choice");
      this.lists.set(name, options.map((option) => ({ weight: option.weight, template: { parts: option.parts, fail } })));
    });
  }

  set(name, lines) {
    this.lists.set(
      name,
      lines.map(({ text, where }) => {
        const [, weight, rest] = WEIGHT.exec(text) ?? [undefined, "1", text];
        let template;
        return {
          weight: Number(weight),
          get template() {
            return (template ??= parse(rest.trim(), where));
          },
        };
      }),
    );
  }

  /** The names that a name or a pattern means: `*` and `?` stay within a folder, `**` does not. */
  names(pattern) {
    if (!/[*?]/.test(pattern)) return this.lists.has(pattern) ? [pattern] : [];
    const source = pattern.replace(/\*\*\/?|[*?]|[^*?]+/g, (part) => {
      if (part === "**/") return "(?:.*/)?";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      if (part === "?") return "[^/]";
      return part.replace(/[\\^$.+()[\]{}|]/g, "\\$&");
    });
    const matches = new RegExp(`^${source}$`, "u");
    return [...this.lists.keys()].filter((name) => matches.test(name)).sort();
  }

  /** All values behind a name or a pattern. */
  values(pattern) {
    return this.names(pattern).flatMap((name) => this.lists.get(name));
  }

  /** The known name that is nearest to a misspelt one, if one is near. */
  nearest(name) {
    const near = [...this.lists.keys()]
      .map((known) => ({ known, far: distance(known.toLowerCase(), name.toLowerCase()) }))
      .filter(({ known, far }) => far <= Math.max(1, Math.floor(Math.max(known.length, name.length) / 3)))
      .sort((a, b) => a.far - b.far || (a.known < b.known ? -1 : 1));
    return near[0]?.known;
  }
}

/** How many letters to add, take away or change (Levenshtein). */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
