import assert from "node:assert/strict";
import { test } from "node:test";
import { between, newId } from "../../static/lib/store.js";

test("a new id is a UUIDv7 of now", () => {
  const before = Date.now();
  const id = newId();
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const time = Number.parseInt(id.replace("-", "").slice(0, 12), 16);
  assert.ok(time >= before && time <= Date.now());
  assert.notEqual(id, newId());
});

test("a rank lies between its neighbours, byte by byte", () => {
  const pairs = [
    [null, null],
    ["a0", null],
    [null, "a0"],
    ["a0", "a1"],
    ["a0", "a0V"],
    ["Zz", "a0"],
    ["az", "b00"],
  ];
  for (const [low, high] of pairs) {
    const rank = between(low, high);
    assert.ok(low === null || rank > low, `${low} ${rank}`);
    assert.ok(high === null || rank < high, `${rank} ${high}`);
  }
});

test("there is always room for one more at the same place", () => {
  let [low, high] = ["a0", "a1"];
  for (let count = 0; count < 200; count += 1) {
    const rank = between(low, high);
    assert.ok(rank > low && rank < high);
    if (count % 2 === 0) low = rank;
    else high = rank;
  }
});
