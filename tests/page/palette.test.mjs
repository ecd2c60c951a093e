import assert from "node:assert/strict";
import { test } from "node:test";

import { find, marked, used } from "../../static/lib/palette.js";

const entry = (kind, text) => ({ id: `${kind}.${text}`, kind, text, run() {} });
const ENTRIES = [
  entry("command", "Add a task"),
  entry("command", "Appearance: Dark"),
  entry("list", "Home"),
  entry("list", "Darkroom"),
  entry("task", "Buy dark chocolate"),
  entry("task", "Call home"),
];

/** What is shown, as `kind: texts`. */
const shown = (typed, recent) =>
  find(typed, ENTRIES, recent).map(({ kind, hits }) => `${kind}: ${hits.map(({ entry }) => entry.text).join(", ")}`);

test("nothing typed shows what was used last, then every other command", () => {
  assert.deepEqual(shown(""), ["command: Add a task, Appearance: Dark"]);
  assert.deepEqual(shown(" ", ["list.Home", "command.Add a task", "task.gone"]), [
    "recent: Home, Add a task",
    "command: Appearance: Dark",
  ]);
});

test("what is typed is found in every kind, the best kind first", () => {
  assert.deepEqual(shown("dark"), ["list: Darkroom", "command: Appearance: Dark", "task: Buy dark chocolate"]);
  assert.deepEqual(shown("home"), ["list: Home", "task: Call home"]);
  assert.deepEqual(shown("zebra"), []);
});

test("a prefix keeps to one kind, and alone shows all of it", () => {
  assert.deepEqual(shown(">dark"), ["command: Appearance: Dark"]);
  assert.deepEqual(shown("# dark"), ["list: Darkroom"]);
  assert.deepEqual(shown("#"), ["list: Home, Darkroom"]);
});

test("of many that match a few are shown of each kind", () => {
  const tasks = Array.from({ length: 100 }, (_, number) => entry("task", `Task ${number}`));
  const [section] = find("task", tasks);
  assert.equal(section.hits.length, 6);
});

test("what was used goes to the front, once, and the oldest is forgotten", () => {
  assert.deepEqual(used(["a", "b", "c"], "b"), ["b", "a", "c"]);
  assert.equal(used(Array.from({ length: 10 }, (_, number) => String(number)), "x").length, 10);
});

test("a text falls into what was matched and what was not", () => {
  const { ranges } = find("tk", [entry("task", "a task")])[0].hits[0];
  const text = marked("a task", ranges).map(({ text, isMatch }) => (isMatch ? `[${text}]` : text));
  assert.equal(text.join(""), "a [t]as[k]");
});
