// From a template to a tree. What there is:
//
//   text                    stays; `\` before { } | $ _ # makes that character text, any other `\` stays too
//   {a|b}  {2::a|0.5::b}    one of several, by weight
//   {2$$a|b|c}              several different ones; {1-2$$…} {2-$$…} {-2$$…}; {2$$ and $$a|b|c} with another separator
//   __name__                a line of a wildcard; __name(variable=text)__ with a variable set in it
//   ${name=…}  ${name=!…}   sets a variable: expanded anew at each use, or once
//   ${name}  ${name:…}      a variable; with what it is otherwise

/** A mistake in a template, with its place. */
export class TemplateError extends Error {}

const SPECIAL = "{}|$_#";
const SEPARATOR = ", ";
const NAME = /^[^\s_(){}|$](?:(?!__)[^\s(){}|$])*?(?=__|\()/;
const VARIABLE = /^[A-Za-z][A-Za-z0-9_-]*/;
const COUNT = /^\s*(?:(\d+)(?:(-)(\d+)?)?|(-)(\d+)?)\$\$/;
const WEIGHT = /^\s*(\d+(?:\.\d+)?|\.\d+)::/;
const DEEPEST = 64;

/** The tree of a template; `where` names the text in messages: `prompt`, `wildcard color, line 3`. */
export function parse(text, where) {
  const parser = new Parser(text, where);
  const parts = parser.sequence("", 0);
  return { parts, fail: (message, at) => parser.fail(message, at) };
}

/** Whether there is anything to expand. */
export function isPlain({ parts }) {
  return parts.every(({ kind }) => kind === "text");
}

class Parser {
  constructor(text, where) {
    this.text = text;
    this.where = where;
    this.at = 0;
  }

  fail(message, at = this.at) {
    const before = this.text.slice(0, at).split("\n");
    const line = before.length > 1 || this.text.includes("\n") ? `line ${before.length}, ` : "";
    const character = Array.from(before.at(-1)).length + 1;
    throw new TemplateError(`${this.where}, ${line}character ${character}: ${message}`);
  }

  /** Parts up to one of the characters in `ends`, which is left to be read, or to the end of the text. */
  sequence(ends, depth) {
    if (depth > DEEPEST) this.fail(`brackets are nested deeper than ${DEEPEST}`);
    const parts = [];
    let text = "";
    const push = (part) => {
      if (text) parts.push({ kind: "text", text });
      text = "";
      parts.push(part);
    };
    let lineBegins = /(?:^|\n)[^\S\n]*$/.test(this.text.slice(0, this.at));
    while (this.at < this.text.length) {
      const character = this.text[this.at];
      if (ends.includes(character)) break;
      if (character === "#" && lineBegins) {
        this.skipLine();
        continue;
      }
      lineBegins = character === "\n" || (lineBegins && /\s/.test(character));
      if (character === "\\" && SPECIAL.includes(this.text[this.at + 1] ?? "none")) {
        text += this.text[this.at + 1];
        this.at += 2;
      } else if (character === "{") {
        push(this.choice(depth));
      } else if (character === "}") {
        this.fail("`}` closes nothing, expected `\\}` for the character");
      } else if (this.text.startsWith("${", this.at)) {
        push(this.variable(depth));
      } else if (this.text.startsWith("__", this.at)) {
        const wildcard = this.wildcard();
        if (wildcard) push(wildcard);
        else {
          // Underscores that begin no name are text, all of them: `____` is a line to write on.
          const run = /^_+/.exec(this.text.slice(this.at))[0];
          text += run;
          this.at += run.length;
        }
      } else {
        text += character;
        this.at += 1;
      }
    }
    if (text) parts.push({ kind: "text", text });
    return parts;
  }

  skipLine() {
    const end = this.text.indexOf("\n", this.at);
    this.at = end === -1 ? this.text.length : end + 1;
  }

  choice(depth) {
    const start = this.at;
    this.at += 1;
    const choice = { kind: "choice", low: 1, high: 1, separator: SEPARATOR, options: [], at: start };
    const count = COUNT.exec(this.text.slice(this.at));
    if (count) {
      const [all, low, dash, high, openDash, openHigh] = count;
      choice.low = low === undefined ? 1 : Number(low);
      const upper = openDash ? openHigh : dash ? high : low;
      choice.high = upper === undefined ? Infinity : Number(upper);
      if (choice.low > choice.high) {
        this.fail(`the range is ${choice.low}-${choice.high}, expected the smaller number first`);
      }
      this.at += all.length;
      choice.separator = this.separator() ?? SEPARATOR;
    }
    for (;;) {
      const weight = WEIGHT.exec(this.text.slice(this.at));
      if (weight) this.at += weight[0].length;
      const parts = trimmed(this.sequence("|}", depth + 1));
      choice.options.push({ weight: weight ? Number(weight[1]) : 1, parts });
      const end = this.text[this.at];
      if (end === undefined) this.fail("`{` is not closed, expected `}` somewhere after it", start);
      this.at += 1;
      if (end === "}") break;
    }
    if (choice.options.every(({ weight }) => weight === 0)) {
      this.fail("all weights are 0, expected one above 0", start);
    }
    return choice;
  }

  /** The text up to the next `$$` that is not inside a bracket of its own, if there is one before this bracket ends. */
  separator() {
    let depth = 0;
    let separator = "";
    for (let at = this.at; at < this.text.length; at++) {
      const character = this.text[at];
      if (character === "\\" && SPECIAL.includes(this.text[at + 1] ?? "none")) {
        separator += this.text[++at];
        continue;
      }
      if (depth === 0 && this.text.startsWith("$$", at)) {
        this.at = at + 2;
        return separator;
      }
      if (character === "{") depth += 1;
      if (character === "}" && --depth < 0) return undefined;
      separator += character;
    }
    return undefined;
  }

  wildcard() {
    const start = this.at;
    const name = NAME.exec(this.text.slice(start + 2))?.[0];
    if (name === undefined) return undefined;
    let at = start + 2 + name.length;
    const settings = [];
    if (this.text[at] === "(") {
      const end = this.text.indexOf(")__", at);
      if (end === -1) return undefined;
      for (const setting of this.text.slice(at + 1, end).split(",")) {
        const [, key, value] = /^\s*([A-Za-z][A-Za-z0-9_-]*)\s*=\s*(.*?)\s*$/s.exec(setting) ?? [];
        if (key === undefined) this.fail(`\`${setting.trim()}\` sets nothing, expected variable=text`, at + 1);
        settings.push([key, value]);
      }
      at = end + 1;
    }
    this.at = at + 2;
    return { kind: "wildcard", name, settings, source: this.text.slice(start, this.at), at: start };
  }

  variable(depth) {
    const start = this.at;
    this.at += 2;
    const name = VARIABLE.exec(this.text.slice(this.at))?.[0];
    if (name === undefined) this.fail("`${` has no name after it, expected one such as ${season}");
    this.at += name.length;
    const sign = this.text[this.at];
    if (sign !== "}" && sign !== "=" && sign !== ":") {
      this.fail(`\`\${${name}\` is not closed, expected \`}\`, \`=\` or \`:\``, sign === undefined ? start : this.at);
    }
    this.at += 1;
    if (sign === "}") return { kind: "get", name, otherwise: undefined, at: start };
    const once = sign === "=" && this.text[this.at] === "!";
    if (once) this.at += 1;
    const parts = trimmed(this.sequence("}", depth + 1));
    if (this.at >= this.text.length) this.fail(`\`\${${name}\` is not closed, expected \`}\``, start);
    this.at += 1;
    return sign === ":" ? { kind: "get", name, otherwise: parts, at: start } : { kind: "set", name, once, parts, at: start };
  }
}

/** Without white space at its ends: authors write options under each other. */
function trimmed(parts) {
  const result = parts.map((part) => ({ ...part }));
  if (result[0]?.kind === "text") result[0].text = result[0].text.trimStart();
  if (result.at(-1)?.kind === "text") result.at(-1).text = result.at(-1).text.trimEnd();
  return result.filter(({ kind, text }) => kind !== "text" || text !== "");
}
