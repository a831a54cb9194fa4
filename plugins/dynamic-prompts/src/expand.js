// From a tree to a text, by chance.

import { isPlain, parse } from "./parse.js";

const DEEPEST = 40;
const LONGEST = 65_536;
const MOST_PARTS = 100_000;

/**
 * Expands a template. `random` gives numbers from 0 to below 1; `missing` is what becomes of wildcards that there are
 * not: `error` or `keep`. A text without anything to expand is given back as it is.
 */
export function expand(text, { where = "prompt", wildcards, random, missing = "error" }) {
  const template = parse(text, where);
  if (isPlain(template) && !text.includes("\\") && !/^\s*#/m.test(text)) return text;
  const expansion = new Expansion(wildcards, random, missing);
  return expansion.run(template, new Map(), []).trim();
}

class Expansion {
  constructor(wildcards, random, missing) {
    this.wildcards = wildcards;
    this.random = random;
    this.missing = missing;
    this.parts = 0;
  }

  /** `way` has the wildcards that led here, outermost first. */
  run({ parts, fail }, variables, way) {
    let result = "";
    for (const part of parts) {
      this.parts += 1;
      if (this.parts > MOST_PARTS) fail(`expands into more than ${MOST_PARTS} parts`, part.at);
      result += this.part(part, fail, variables, way);
      if (result.length > LONGEST) fail(`expands to more than ${LONGEST} characters`, part.at);
    }
    return result;
  }

  part(part, fail, variables, way) {
    switch (part.kind) {
      case "text":
        return part.text;
      case "choice":
        return this.choice(part, fail, variables, way);
      case "wildcard":
        return this.wildcard(part, fail, variables, way);
      case "set": {
        const template = { parts: part.parts, fail };
        const value = part.once ? { parts: [{ kind: "text", text: this.run(template, variables, way) }], fail } : template;
        variables.set(part.name, { ...value, open: false });
        return "";
      }
      case "get":
        return this.get(part, fail, variables, way);
    }
  }

  choice(part, fail, variables, way) {
    let pool = part.options.map(({ weight, parts }) => ({ weight, template: { parts, fail }, way }));
    // `{2$$__flavor__}`: different lines of the wildcard, not the wildcard once.
    const only = part.options.length === 1 ? part.options[0].parts : [];
    if (part.high > 1 && only.length === 1 && only[0].kind === "wildcard" && only[0].settings.length === 0) {
      const [values, inner] = this.open(only[0], fail, way) ?? [];
      if (values) pool = values.map(({ weight, template }) => ({ weight, template, way: inner }));
    }
    pool = pool.filter(({ weight }) => weight > 0);
    const most = Math.min(part.high, pool.length);
    const least = Math.min(part.low, most);
    const count = least + Math.floor(this.random() * (most - least + 1));
    const chosen = [];
    for (let index = 0; index < count; index++) {
      chosen.push(pool.splice(this.pick(pool), 1)[0]);
    }
    return chosen.map((option) => this.run(option.template, variables, option.way)).join(part.separator);
  }

  /** The index of one of several, by weight. */
  pick(pool) {
    let left = this.random() * pool.reduce((sum, { weight }) => sum + weight, 0);
    const index = pool.findIndex(({ weight }) => (left -= weight) < 0);
    // Rounding may leave a crumb behind the last.
    return index === -1 ? pool.length - 1 : index;
  }

  wildcard(part, fail, variables, way) {
    const [values, inner] = this.open(part, fail, way) ?? [];
    if (!values) return part.source;
    const usable = values.filter(({ weight }) => weight > 0);
    if (usable.length === 0) fail(`wildcard \`${part.source}\` is empty, expected a value in it`, part.at);
    const own = new Map(variables);
    for (const [key, text] of part.settings) {
      own.set(key, { parts: [{ kind: "text", text }], fail, open: false });
    }
    return this.run(usable[this.pick(usable)].template, own, inner);
  }

  /** The values of a wildcard, and the way that leads into it; nothing where it stays as it is. */
  open({ name, source, at }, fail, way) {
    const values = this.wildcards.values(name);
    if (values.length === 0 && this.wildcards.names(name).length === 0) {
      if (this.missing === "keep") return undefined;
      const near = this.wildcards.nearest(name);
      fail(`there is no wildcard \`${source}\`${near ? ` (did you mean \`__${near}__\`?)` : ""}`, at);
    }
    const inner = [...way, name];
    if (inner.length > DEEPEST) {
      const shown = inner.slice(-4).map((step) => `__${step}__`);
      fail(`wildcards lead into each other more than ${DEEPEST} deep: … ${shown.join(" → ")}`, at);
    }
    return [values, inner];
  }

  get(part, fail, variables, way) {
    const value = variables.get(part.name);
    if (value === undefined) {
      if (part.otherwise) return this.run({ parts: part.otherwise, fail }, variables, way);
      fail(`\${${part.name}} is not set, expected \${${part.name}=…} before it or \${${part.name}:…} with what it is otherwise`, part.at);
    }
    if (value.open) fail(`\${${part.name}} is made of itself`, part.at);
    value.open = true;
    try {
      return this.run(value, variables, way);
    } finally {
      value.open = false;
    }
  }
}
