/**
 * The page at /api/docs: reads the OpenAPI document and shows it. All text goes
 * into the page as text, and an operation is drawn when it is first opened.
 */

const ADDRESS = "/api/openapi.json";
const METHODS = ["get", "post", "put", "patch", "delete"];

/** Set once, before anything is drawn. */
let api = {};

start();

async function start() {
  const status = document.getElementById("status");
  try {
    const reply = await fetch(ADDRESS);
    if (!reply.ok) throw new Error(`it answered ${reply.status}`);
    api = await reply.json();
  } catch (error) {
    status.setAttribute("role", "alert");
    status.textContent = `The document could not be read (${error.message}). Reload to try again.`;
    return;
  }
  status.remove();
  const groups = api.tags.map((tag) => ({ ...tag, operations: operationsOf(tag.name) }));
  document.getElementById("manual").append(introduction(), ...groups.map(group), errors());
  document.getElementById("contents").append(contents(groups));
  openTarget();
  window.addEventListener("hashchange", openTarget);
}

/** Opens the operation that the address names, and goes to it. */
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (target === null) return;
  if (target.localName === "details") target.open = true;
  target.scrollIntoView();
}

/** The operations of a tag, in the order of the document. */
function operationsOf(tag) {
  return Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]?.tags.includes(tag)).map((method) => {
      const operation = item[method];
      const secured = operation.security ?? api.security ?? [];
      return { ...operation, path, method: method.toUpperCase(), isPublic: secured.length === 0 };
    }),
  );
}

function introduction() {
  return element("div", {}, [
    element("p", { class: "muted" }, [
      `Version ${api.info.version}. For programs: `,
      element("a", { href: ADDRESS }, ["OpenAPI 3.1"]),
      ". ",
      element("a", { href: "/" }, ["First steps"]),
      ".",
    ]),
    ...prose(api.info.description),
  ]);
}

function contents(groups) {
  const link = (id, children) => element("a", { href: `#${id}` }, children);
  const isWide = window.matchMedia("(min-width: 60rem)").matches;
  const lists = groups.map((tag) =>
    element("li", {}, [
      link(anchor(tag.name), [tag.name]),
      element(
        "ul",
        {},
        tag.operations.map((operation) =>
          element("li", {}, [link(operation.operationId, [operation.summary])]),
        ),
      ),
    ]),
  );
  lists.push(element("li", {}, [link("errors", ["Errors"])]));
  return element("details", { class: "contents", ...(isWide && { open: "" }) }, [
    element("summary", {}, ["Contents"]),
    element("ul", { class: "contents__list" }, lists),
  ]);
}

function group(tag) {
  const id = anchor(tag.name);
  return element("section", { "aria-labelledby": id }, [
    element("h2", { id }, [tag.name]),
    ...prose(tag.description),
    ...tag.operations.map(operationView),
  ]);
}

function operationView(operation) {
  const heading = element("h3", { class: "operation__heading" }, [
    element("span", { class: "operation__method", "data-method": operation.method }, [
      operation.method,
    ]),
    " ",
    element("code", { class: "operation__path" }, breakable(operation.path)),
  ]);
  const summary = [heading, element("span", { class: "operation__summary" }, [operation.summary])];
  if (operation.isPublic) summary.push(element("span", { class: "badge" }, ["public"]));
  const view = element("details", { class: "operation", id: operation.operationId }, [
    element("summary", {}, summary),
  ]);
  drawOnce(view, () => [
    ...prose(operation.description),
    ...parametersView(operation),
    ...bodyView(operation),
    ...answersView(operation),
    element("h4", {}, ["With curl"]),
    code(curl(operation)),
  ]);
  return view;
}

/** Fills a `details` when it is opened for the first time. */
function drawOnce(view, draw) {
  const fill = () => view.append(element("div", { class: "operation__body" }, draw()));
  view.addEventListener("toggle", fill, { once: true });
}

function parametersView(operation) {
  const parameters = (operation.parameters ?? []).map(resolve);
  if (parameters.length === 0) return [];
  const row = (parameter) =>
    field(parameter.name, `${typeOf(parameter.schema)}, in ${parameter.in}`, {
      badge: parameter.required && "required",
      description: parameter.description,
      limits: limits(resolve(parameter.schema)),
    });
  return [element("h4", {}, ["Parameters"]), element("dl", { class: "fields" }, parameters.flatMap(row))];
}

function bodyView(operation) {
  if (operation.requestBody === undefined) return [];
  const body = resolve(operation.requestBody);
  const kinds = Object.keys(body.content);
  const [media] = Object.values(body.content);
  return [
    element("h4", {}, ["Body"]),
    element("p", { class: "muted" }, [`${kinds.join(" or ")}. ${body.description ?? ""}`]),
    ...prose(resolve(media.schema).description),
    schemaView(media.schema, mustBeSent),
    ...examplesView(media),
  ];
}

function answersView(operation) {
  const answers = Object.entries(operation.responses).map(([status, answer]) => [
    status,
    resolve(answer),
  ]);
  const good = answers.filter(([status]) => status < "400");
  const bad = answers.filter(([status]) => status >= "400");
  return [
    element("h4", {}, ["Answers"]),
    ...good.map(goodAnswer),
    element("details", { class: "answer" }, [
      element("summary", {}, [`Refusals and failures: ${bad.map(([status]) => status).join(", ")}`]),
      element("dl", { class: "fields" }, bad.flatMap(badAnswer)),
      element("p", {}, ["The body is ", element("a", { href: "#errors" }, ["a problem"]), "."]),
    ]),
  ];
}

function goodAnswer([status, answer]) {
  const children = [element("summary", {}, [element("b", {}, [status]), ` ${plain(answer.description)}`])];
  const headers = Object.entries(answer.headers ?? {});
  if (headers.length > 0) {
    children.push(element("dl", { class: "fields" }, headers.flatMap(headerView)));
  }
  for (const [kind, media] of Object.entries(answer.content ?? {})) {
    children.push(element("p", { class: "muted" }, [kind]));
    if (isObject(resolve(media.schema))) children.push(schemaView(media.schema, mayBeMissed));
    children.push(...examplesView(media));
  }
  if (children.length === 1) return element("p", { class: "answer" }, [...children[0].childNodes]);
  return element("details", { class: "answer" }, children);
}

function headerView([name, header]) {
  const { required, description, schema } = resolve(header);
  return field(name, "header", { badge: mayBeMissed(required), description, limits: limits(schema) });
}

function badAnswer([status, answer]) {
  return field(status, codesOf(answer).join(" or "), { description: answer.description });
}

/** The codes that an answer's problem may have. */
function codesOf(answer) {
  const schema = answer.content?.["application/problem+json"]?.schema;
  const { const: only, enum: some } = merged(schema).properties?.code ?? {};
  return some ?? (only === undefined ? [] : [only]);
}

function errors() {
  const media = { examples: { invalid: { $ref: "#/components/examples/Invalid" } } };
  return element("section", { "aria-labelledby": "errors" }, [
    element("h2", { id: "errors" }, ["Errors"]),
    ...prose(api.components.schemas.Problem.description),
    schemaView({ $ref: "#/components/schemas/Problem" }, mayBeMissed),
    ...examplesView(media),
  ]);
}

function examplesView(media) {
  return Object.values(media.examples ?? {}).map((reference) => {
    const { summary, value } = resolve(reference);
    const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
    return element("figure", { class: "example" }, [
      element("figcaption", {}, [`Example: ${summary}`]),
      code(text),
    ]);
  });
}

/** What is worth saying of a member of a request. */
function mustBeSent(isRequired) {
  return isRequired && "required";
}

/** What is worth saying of a part of an answer. */
function mayBeMissed(isRequired) {
  return !isRequired && "not always";
}

/** The members of an object, or the shapes that a value may have. */
function schemaView(reference, badgeOf) {
  const schema = merged(reference);
  if (schema.oneOf !== undefined) {
    return element(
      "div",
      {},
      schema.oneOf.map((one) => nested(one, badgeOf)),
    );
  }
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const inner = objectIn(property);
    return field(name, typeOf(property), {
      badge: badgeOf(schema.required?.includes(name)),
      description: merged(property).description,
      limits: limits(merged(property)),
      inside: inner === null ? null : nested(inner, badgeOf),
    });
  });
  return rows.length === 0
    ? element("p", {}, ["Any object."])
    : element("dl", { class: "fields" }, rows);
}

/** A shape inside another, drawn when it is opened. */
function nested(schema, badgeOf) {
  const view = element("details", { class: "answer" }, [element("summary", {}, [nameOf(schema)])]);
  view.addEventListener(
    "toggle",
    () => view.append(...prose(merged(schema).description), schemaView(schema, badgeOf)),
    { once: true },
  );
  return view;
}

/** A term and its explanation. */
function field(name, type, { badge, description, limits = "", inside = null }) {
  const term = [element("code", { class: "fields__name" }, breakable(name)), " ", type];
  if (badge) term.push(" ", element("span", { class: "badge" }, [badge]));
  const explained = prose([description, limits].filter(Boolean).join(" "));
  if (inside !== null) explained.push(inside);
  return [element("dt", {}, term), element("dd", {}, explained)];
}

/** A schema's type in words. */
function typeOf(reference) {
  const schema = merged(reference);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    return choices.map((one) => (one.$ref ? nameOf(one) : typeOf(one))).join(" or ");
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return `list of ${nameOf(schema.items)}`;
  const format = { uuid: "UUID", "date-time": "time" }[schema.format];
  return [schema.type ?? "any"].flat().map((type) => (type === "string" && format) || type).join(" or ");
}

/** A schema's limits, in words that can stand at the end of its description. */
function limits(schema) {
  const words = [];
  if (schema.enum) words.push(`One of ${schema.enum.map((value) => `\`${value}\``).join(", ")}.`);
  if (schema.maxLength > schema.minLength) {
    words.push(`${schema.minLength} to ${schema.maxLength} characters.`);
  }
  if (schema.maximum !== undefined) words.push(`From ${schema.minimum} to ${schema.maximum}.`);
  if (schema.default !== undefined) words.push(`Default \`${schema.default}\`.`);
  return words.join(" ");
}

/** The object schema in a property: itself, a list's item, or beside null. */
function objectIn(property) {
  const schema = merged(property);
  const found = [property, schema.items, ...(schema.anyOf ?? [])].find(
    (one) => one !== undefined && isObject(merged(one)),
  );
  return found ?? (schema.oneOf === undefined ? null : property);
}

function isObject(schema) {
  return schema.type === "object" || schema.oneOf !== undefined;
}

function nameOf(reference) {
  return reference.$ref?.split("/").at(-1) ?? typeOf(reference);
}

/** What a reference stands for. */
function resolve(value) {
  if (value.$ref === undefined) return value;
  const parts = value.$ref.replace(/^#\//, "").split("/");
  return parts.reduce((found, part) => found[part.replace(/~1/g, "/").replace(/~0/g, "~")], api);
}

/** A schema with its reference and its `allOf` taken together. */
function merged(reference) {
  const { allOf = [], ...rest } = resolve(reference ?? {});
  return Object.assign({}, ...allOf.map(merged), rest);
}

/** The request as a command that can be pasted, once $TOKEN is set. */
function curl(operation) {
  const parameters = (operation.parameters ?? []).map(resolve);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(parameters.find((parameter) => parameter.name === name)?.example ?? name),
  );
  const words = [operation.operationId === "streamEvents" ? "curl -N" : "curl"];
  if (operation.method !== "GET") words[0] += ` -X ${operation.method}`;
  if (!operation.isPublic) words.push('-H "Authorization: Bearer $TOKEN"');
  if (operation.requestBody !== undefined) {
    const [media] = Object.values(resolve(operation.requestBody).content);
    const [example] = Object.values(media.examples).map(resolve);
    words.push('-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(example.value))}`);
  }
  words.push(quoted(location.origin + path));
  return words.join(" \\\n  ");
}

/** A word that the shell takes as it stands. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Paragraphs of text with `code` and **strong** words. */
function prose(text) {
  const paragraphs = (text ?? "").split("\n\n").filter((paragraph) => paragraph !== "");
  return paragraphs.map((paragraph) => element("p", {}, inline(paragraph)));
}

function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return element("code", {}, breakable(part.slice(1, -1)));
    return part.startsWith("**") ? element("strong", {}, [part.slice(2, -2)]) : part;
  });
}

function plain(text) {
  return text.replaceAll("`", "");
}

/** Text that may break after a slash or an underscore, on narrow screens. */
function breakable(text) {
  return text.split(/(?<=[/_])/).flatMap((part) => [part, document.createElement("wbr")]);
}

function code(text) {
  return element("pre", { class: "code" }, [element("code", {}, [text.trimEnd()])]);
}

function anchor(name) {
  return name.toLowerCase().replaceAll(" ", "-");
}

function element(name, attributes, children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
