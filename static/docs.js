/**
 * The page at /api/docs: reads the OpenAPI document and shows it. All text goes
 * into the page as text, and an operation is drawn when it is first opened.
 */

/**
 * What this page reads of the document (OpenAPI 3.1).
 *
 * @typedef {{
 *   info: { version: string, description: string },
 *   security?: object[],
 *   tags: Tag[],
 *   paths: Record<string, Record<string, Operation>>,
 *   components: { schemas: Record<string, Schema> },
 * }} Api
 *
 * @typedef {{ $ref: string }} Reference
 * @typedef {{ name: string, description: string }} Tag
 *
 * @typedef {{
 *   operationId: string,
 *   summary: string,
 *   description?: string,
 *   tags: string[],
 *   security?: object[],
 *   parameters?: (Parameter | Reference)[],
 *   requestBody?: RequestBody | Reference,
 *   responses: Record<string, Answer | Reference>,
 * }} Operation
 *
 * @typedef {{
 *   name: string,
 *   in: string,
 *   required?: boolean,
 *   description?: string,
 *   schema: Schema,
 *   example?: string | number | boolean,
 * }} Parameter
 *
 * @typedef {{ description?: string, content: Record<string, Media> }} RequestBody
 * @typedef {{ required?: boolean, description?: string, schema: Schema }} Header
 * @typedef {{ schema: Schema, examples?: Record<string, Example | Reference> }} Media
 * @typedef {{ summary: string, value: unknown }} Example
 *
 * @typedef {{
 *   description: string,
 *   headers?: Record<string, Header | Reference>,
 *   content?: Record<string, Media>,
 * }} Answer
 *
 * @typedef {{
 *   $ref?: string,
 *   description?: string,
 *   type?: string | string[],
 *   format?: string,
 *   const?: string | number,
 *   enum?: (string | number | null)[],
 *   default?: string | number | boolean,
 *   minLength?: number,
 *   maxLength?: number,
 *   minimum?: number,
 *   maximum?: number,
 *   items?: Schema,
 *   properties?: Record<string, Schema>,
 *   required?: string[],
 *   allOf?: Schema[],
 *   anyOf?: Schema[],
 *   oneOf?: Schema[],
 * }} Schema
 */

/**
 * What this page makes of it.
 *
 * @typedef {Operation & {
 *   path: string,
 *   method: string,
 *   isPublic: boolean,
 *   needsSession: boolean,
 * }} Call
 *
 * @typedef {Tag & { operations: Call[] }} Group
 * @typedef {(isRequired: boolean | undefined) => string | false | undefined} BadgeOf
 */

const ADDRESS = "/api/openapi.json";
const METHODS = ["get", "post", "put", "patch", "delete"];

/** What a format is called. @type {Record<string, string>} */
const FORMATS = { uuid: "UUID", "date-time": "time" };

/** Set once, before anything is drawn. @type {Api} */
let api;

start();

async function start() {
  const status = byId("status");
  try {
    const reply = await fetch(ADDRESS);
    if (!reply.ok) throw new Error(`it answered ${reply.status}`);
    api = await reply.json();
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    status.setAttribute("role", "alert");
    status.textContent = `The document could not be read (${reason}). Reload to try again.`;
    return;
  }
  status.remove();
  const groups = api.tags.map((tag) => ({ ...tag, operations: operationsOf(tag.name) }));
  byId("manual").append(introduction(), ...groups.map(group), errors());
  byId("contents").append(contents(groups));
  openTarget();
  window.addEventListener("hashchange", openTarget);
}

/** An element that the page comes with. @param {string} id */
function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/** Opens the operation that the address names, and goes to it. */
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (target === null) return;
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}

/**
 * The operations of a tag, in the order of the document.
 *
 * @param {string} tag
 * @returns {Call[]}
 */
function operationsOf(tag) {
  return Object.entries(api.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]?.tags.includes(tag)).map((method) => {
      const operation = item[method];
      const secured = operation.security ?? api.security ?? [];
      const isPublic = secured.length === 0;
      const needsSession = secured.some((one) => "sessionToken" in one);
      return { ...operation, path, method: method.toUpperCase(), isPublic, needsSession };
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

/** @param {Group[]} groups */
function contents(groups) {
  /** @type {(id: string, children: (Node | string)[]) => HTMLElement} */
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

/** @param {Group} tag */
function group(tag) {
  const id = anchor(tag.name);
  return element("section", { "aria-labelledby": id }, [
    element("h2", { id }, [tag.name]),
    ...prose(tag.description),
    ...tag.operations.map(operationView),
  ]);
}

/** @param {Call} operation */
function operationView(operation) {
  const heading = element("h3", { class: "operation__heading" }, [
    element("span", { class: "operation__method", "data-method": operation.method }, [
      operation.method,
    ]),
    " ",
    element("code", { class: "operation__path" }, breakable(operation.path)),
  ]);
  const summary = [heading, element("span", { class: "operation__summary" }, [operation.summary])];
  const badge = operation.isPublic ? "public" : operation.needsSession ? "session" : "";
  if (badge !== "") summary.push(element("span", { class: "badge" }, [badge]));
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

/**
 * Fills a `details` when it is opened for the first time.
 *
 * @param {HTMLDetailsElement} view
 * @param {() => Node[]} draw
 */
function drawOnce(view, draw) {
  const fill = () => view.append(element("div", { class: "operation__body" }, draw()));
  view.addEventListener("toggle", fill, { once: true });
}

/** @param {Call} operation */
function parametersView(operation) {
  const parameters = (operation.parameters ?? []).map(resolve);
  if (parameters.length === 0) return [];
  /** @param {Parameter} parameter */
  const row = (parameter) =>
    field(parameter.name, `${typeOf(parameter.schema)}, in ${parameter.in}`, {
      badge: parameter.required && "required",
      description: parameter.description,
      limits: limits(resolve(parameter.schema)),
    });
  return [element("h4", {}, ["Parameters"]), element("dl", { class: "fields" }, parameters.flatMap(row))];
}

/** @param {Call} operation */
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

/** @param {Call} operation */
function answersView(operation) {
  /** @type {[string, Answer][]} */
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
      element("p", {}, [
        "The body is ",
        element("a", { href: "#errors" }, ["a problem"]),
        bad.some(isAccountError) ? ", or `message` and `code` alone." : ".",
      ].flatMap((part) => (typeof part === "string" ? inline(part) : [part]))),
    ]),
  ];
}

/** @param {[string, Answer]} entry */
function goodAnswer([status, answer]) {
  const children = [element("summary", {}, [element("b", {}, [status]), ` ${plain(answer.description)}`])];
  const headers = Object.entries(answer.headers ?? {});
  if (headers.length > 0) {
    children.push(element("dl", { class: "fields" }, headers.flatMap(headerView)));
  }
  for (const [kind, media] of Object.entries(answer.content ?? {})) {
    children.push(element("p", { class: "muted" }, [kind]));
    const inner = objectIn(media.schema);
    if (isObject(resolve(media.schema))) children.push(schemaView(media.schema, mayBeMissed));
    else if (inner !== null) children.push(nested(inner, mayBeMissed));
    children.push(...examplesView(media));
  }
  if (children.length === 1) return element("p", { class: "answer" }, [...children[0].childNodes]);
  return element("details", { class: "answer" }, children);
}

/** @param {[string, Header | Reference]} entry */
function headerView([name, header]) {
  const { required, description, schema } = resolve(header);
  return field(name, "header", { badge: mayBeMissed(required), description, limits: limits(schema) });
}

/** @param {[string, Answer]} entry */
function badAnswer([status, answer]) {
  return field(status, codesOf(answer).join(", "), { description: answer.description });
}

/** @param {[string, Answer]} entry */
function isAccountError([, answer]) {
  return answer.content?.["application/json"] !== undefined;
}

/** The codes that a refusal may have, in either of its forms. @param {Answer} answer */
function codesOf(answer) {
  return Object.values(answer.content ?? {}).flatMap(({ schema }) => {
    const { const: only, enum: some } = merged(schema).properties?.code ?? {};
    return some ?? (only === undefined ? [] : [only]);
  });
}

function errors() {
  const media = { examples: { invalid: { $ref: "#/components/examples/Invalid" } } };
  return element("section", { "aria-labelledby": "errors" }, [
    element("h2", { id: "errors" }, ["Errors"]),
    ...prose(api.components.schemas.Problem.description),
    schemaView({ $ref: "#/components/schemas/Problem" }, mayBeMissed),
    ...examplesView(media),
    ...prose(api.components.schemas.AuthError.description),
    schemaView({ $ref: "#/components/schemas/AuthError" }, mayBeMissed),
  ]);
}

/** @param {Pick<Media, "examples">} media */
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

/** What is worth saying of a member of a request. @type {BadgeOf} */
function mustBeSent(isRequired) {
  return isRequired && "required";
}

/** What is worth saying of a part of an answer. @type {BadgeOf} */
function mayBeMissed(isRequired) {
  return !isRequired && "not always";
}

/**
 * The members of an object, or the shapes that a value may have.
 *
 * @param {Schema} reference
 * @param {BadgeOf} badgeOf
 * @returns {HTMLElement}
 */
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

/**
 * A shape inside another, drawn when it is opened.
 *
 * @param {Schema} schema
 * @param {BadgeOf} badgeOf
 */
function nested(schema, badgeOf) {
  const view = element("details", { class: "answer" }, [element("summary", {}, [nameOf(schema)])]);
  view.addEventListener(
    "toggle",
    () => view.append(...prose(merged(schema).description), schemaView(schema, badgeOf)),
    { once: true },
  );
  return view;
}

/**
 * A term and its explanation.
 *
 * @param {string} name
 * @param {string} type
 * @param {{
 *   badge?: ReturnType<BadgeOf>,
 *   description?: string,
 *   limits?: string,
 *   inside?: HTMLElement | null,
 * }} about
 */
function field(name, type, { badge, description, limits = "", inside = null }) {
  const term = [element("code", { class: "fields__name" }, breakable(name)), " ", ...breakable(type)];
  if (badge) term.push(" ", element("span", { class: "badge" }, [badge]));
  const explained = prose([description, limits].filter(Boolean).join(" "));
  if (inside !== null) explained.push(inside);
  return [element("dt", {}, term), element("dd", {}, explained)];
}

/**
 * A schema's type in words.
 *
 * @param {Schema} reference
 * @returns {string}
 */
function typeOf(reference) {
  const schema = merged(reference);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) {
    return choices.map((one) => (one.$ref ? nameOf(one) : typeOf(one))).join(" or ");
  }
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return `list of ${nameOf(schema.items ?? {})}`;
  const format = FORMATS[schema.format ?? ""];
  return [schema.type ?? "any"].flat().map((type) => (type === "string" && format) || type).join(" or ");
}

/**
 * A schema's limits, in words that can stand at the end of its description.
 *
 * @param {Schema} schema
 */
function limits(schema) {
  const words = [];
  if (schema.enum) words.push(`One of ${schema.enum.map((value) => `\`${value}\``).join(", ")}.`);
  const { minLength, maxLength } = schema;
  if (minLength !== undefined && maxLength !== undefined && maxLength > minLength) {
    words.push(`${minLength} to ${maxLength} characters.`);
  }
  if (schema.maximum !== undefined) words.push(`From ${schema.minimum} to ${schema.maximum}.`);
  if (schema.default !== undefined) words.push(`Default \`${schema.default}\`.`);
  return words.join(" ");
}

/**
 * The object schema in a property: itself, a list's item, or beside null.
 *
 * @param {Schema} property
 */
function objectIn(property) {
  const schema = merged(property);
  const found = [property, schema.items, ...(schema.anyOf ?? [])].find(
    (one) => one !== undefined && isObject(merged(one)),
  );
  return found ?? (schema.oneOf === undefined ? null : property);
}

/** @param {Schema} schema */
function isObject(schema) {
  return schema.type === "object" || schema.oneOf !== undefined;
}

/** @param {Schema} reference */
function nameOf(reference) {
  return reference.$ref?.split("/").at(-1) ?? typeOf(reference);
}

/**
 * What a reference stands for.
 *
 * @template {object} T
 * @param {T | Reference} value
 * @returns {T}
 */
function resolve(value) {
  if (!isReference(value)) return value;
  const parts = value.$ref.replace(/^#\//, "").split("/");
  /** @type {any} A pointer may lead anywhere. */
  const root = api;
  return parts.reduce((found, part) => found[part.replace(/~1/g, "/").replace(/~0/g, "~")], root);
}

/** @param {object} value @returns {value is Reference} */
function isReference(value) {
  return "$ref" in value;
}

/**
 * A schema with its reference and its `allOf` taken together.
 *
 * @param {Schema | undefined} reference
 * @returns {Schema}
 */
function merged(reference) {
  const { allOf = [], ...rest } = resolve(reference ?? {});
  return Object.assign({}, ...allOf.map(merged), rest);
}

/**
 * The request as a command that can be pasted, once $TOKEN or $SESSION is set.
 *
 * @param {Call} operation
 */
function curl(operation) {
  const parameters = (operation.parameters ?? []).map(resolve);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(parameters.find((parameter) => parameter.name === name)?.example ?? name),
  );
  const words = [operation.operationId === "streamEvents" ? "curl -N" : "curl"];
  if (operation.method !== "GET") words[0] += ` -X ${operation.method}`;
  const token = operation.needsSession ? "$SESSION" : "$TOKEN";
  if (!operation.isPublic) words.push(`-H "Authorization: Bearer ${token}"`);
  const required = parameters.filter((one) => one.in === "query" && one.required);
  const query = required.map((one) => `${one.name}=${encodeURIComponent(one.example ?? "")}`).join("&");
  if (operation.requestBody !== undefined) {
    const [media] = Object.values(resolve(operation.requestBody).content);
    const [example] = Object.values(media.examples ?? {}).map(resolve);
    words.push('-H "Content-Type: application/json"', `-d ${quoted(JSON.stringify(example.value))}`);
  }
  words.push(quoted(location.origin + path + (query && `?${query}`)));
  return words.join(" \\\n  ");
}

/** A word that the shell takes as it stands. @param {string} text */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Paragraphs of text with `code` and **strong** words.
 *
 * @param {string | undefined} text
 * @returns {HTMLElement[]}
 */
function prose(text) {
  const paragraphs = (text ?? "").split("\n\n").filter((paragraph) => paragraph !== "");
  return paragraphs.map((paragraph) => element("p", {}, inline(paragraph)));
}

/** @param {string} text */
function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith("`")) return element("code", {}, breakable(part.slice(1, -1)));
    return part.startsWith("**") ? element("strong", {}, [part.slice(2, -2)]) : part;
  });
}

/** @param {string} text */
function plain(text) {
  return text.replaceAll("`", "");
}

/** Text that may break after a slash or an underscore, on narrow screens. @param {string} text */
function breakable(text) {
  return text.split(/(?<=[/_])/).flatMap((part) => [part, document.createElement("wbr")]);
}

/** @param {string} text */
function code(text) {
  return element("pre", { class: "code" }, [element("code", {}, [text.trimEnd()])]);
}

/** @param {string} name */
function anchor(name) {
  return name.toLowerCase().replaceAll(" ", "-");
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 */
function element(name, attributes, children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
