"use strict";
// Shows the description of the API. Everything is put in as text.
const make = (name, text, parent, kind) => {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (kind) element.className = kind;
  if (parent) parent.append(element);
  return element;
};

const named = (schema) => {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").pop();
  const all = schema.oneOf || schema.anyOf || schema.allOf;
  if (all) return all.map(named).filter((it) => it !== "null").join(" or ");
  if (schema.enum) return schema.enum.map((it) => JSON.stringify(it)).join(" or ");
  const type = [].concat(schema.type || "anything").filter((it) => it !== "null").join(" or ");
  return type === "array" ? `list of ${named(schema.items)}` : type;
};

const show = (parent, title, schema) => {
  const part = make("details", undefined, parent);
  make("summary", `${title}: ${named(schema) || "anything"}`, part);
  make("pre", JSON.stringify(schema, null, 2), part);
};

fetch("/api/v1/openapi.json").then((answer) => answer.json()).then((api) => {
  document.getElementById("about").textContent = api.info.description;
  const main = document.getElementById("paths");
  const rows = [];
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, about] of Object.entries(methods)) {
      const row = make("details", undefined, main);
      const line = make("summary", undefined, row);
      make("span", method.toUpperCase(), line, "method");
      make("code", path, line);
      make("span", ` ${about.summary || ""}`, line, "muted");
      if (about.description) make("p", about.description, row);
      for (const parameter of about.parameters || []) {
        const text = `${parameter.name} (${parameter.in}): ${named(parameter.schema)}. ${parameter.description || ""}`;
        make("p", text, row);
      }
      for (const [kind, body] of Object.entries((about.requestBody || {}).content || {})) {
        show(row, `takes ${kind}`, body.schema);
      }
      for (const [status, answer] of Object.entries(about.responses || {})) {
        make("p", `${status}: ${answer.description || ""}`, row);
        for (const [kind, body] of Object.entries(answer.content || {})) show(row, kind, body.schema);
      }
      rows.push([row, `${method} ${path} ${about.summary || ""}`.toLowerCase()]);
    }
  }
  make("h2", "Types", main);
  for (const [name, schema] of Object.entries(api.components.schemas || {})) {
    const row = make("details", undefined, main);
    make("summary", name, row);
    make("pre", JSON.stringify(schema, null, 2), row);
    rows.push([row, name.toLowerCase()]);
  }
  document.getElementById("find").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const [row, text] of rows) row.hidden = !text.includes(wanted);
  });
});
