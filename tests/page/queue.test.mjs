import assert from "node:assert/strict";
import { test } from "node:test";

import { withFollowers } from "../../static/lib/queue.js";

const op = (uid, kind, of, id, body) => ({ uid, kind, of, id, body, at: "" });
const QUEUE = [
  op("1", "add", "list", "garden", { name: "Garden" }),
  op("2", "change", "task", "milk", { title: "oat milk" }),
  op("3", "add", "task", "roses", { title: "roses", list_id: "garden" }),
  op("4", "change", "task", "roses", { priority: 1 }),
  op("5", "change", "task", "milk", { list_id: "garden" }),
  op("6", "delete", "task", "milk"),
];
const uids = (uid) => withFollowers(QUEUE.find((one) => one.uid === uid), QUEUE).map((one) => one.uid);

test("a change goes alone", () => {
  assert.deepEqual(uids("2"), ["2"]);
  assert.deepEqual(uids("6"), ["6"]);
});

test("what is added goes with all that was made upon it", () => {
  assert.deepEqual(uids("3"), ["3", "4"]);
  assert.deepEqual(uids("1"), ["1", "3", "4", "5"]);
});

test("what has been sent meanwhile is not there any more", () => {
  assert.deepEqual(withFollowers(op("9", "change", "task", "tea", {}), QUEUE), []);
});
