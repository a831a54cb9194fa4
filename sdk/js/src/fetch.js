import { send } from "aquatint:plugin/fetch@0.1.0";
import { isKind, ours } from "./arrays.js";
import { Problem, ask, oneOf, shown, whole } from "./problem.js";

const METHODS = ["get", "head", "post", "put", "patch", "delete"];

class Response {
  constructor({ status, headers, body }) {
    this.status = status;
    this.ok = status >= 200 && status < 300;
    this.headers = Object.fromEntries(headers);
    this.body = ours(body);
  }

  text() {
    return new TextDecoder().decode(this.body);
  }

  json() {
    return JSON.parse(this.text());
  }
}

export function fetch(url, { method = "get", headers = {}, body, timeout, maxBytes, redirects } = {}) {
  const options = [];
  if (timeout !== undefined) options.push(int("timeout", timeout));
  if (maxBytes !== undefined) options.push(int("max-bytes", maxBytes));
  if (redirects !== undefined) options.push({ key: "redirects", value: { tag: "flag", val: Boolean(redirects) } });
  const request = {
    method: oneOf("method", String(method).toLowerCase(), METHODS),
    url: String(url),
    headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
    body: bytesOf(body),
    options,
  };
  return new Response(ask(() => send(request)));
}

function bytesOf(body) {
  if (body === undefined) return new Uint8Array();
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (isKind(body, "Uint8Array")) return body;
  throw new Problem("invalid-input", `body is ${shown(body)}, expected a text or a Uint8Array`);
}

function int(key, value) {
  return { key, value: { tag: "int", val: BigInt(whole(key, value, 0, Number.MAX_SAFE_INTEGER)) } };
}
