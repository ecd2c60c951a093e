import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const STATIC = new URL("../../static/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.webmanifest", STATIC), "utf8"));

/** Width and height, as the head of a PNG tells them. */
function sizeOf(png) {
  assert.equal(png.subarray(1, 4).toString("latin1"), "PNG");
  return `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;
}

test("the manifest's icons are there and as large as it says", () => {
  for (const { src, sizes, type } of manifest.icons) {
    const file = readFileSync(new URL(src, STATIC));
    if (type === "image/png") assert.equal(sizeOf(file), sizes, src);
    else assert.deepEqual([type, sizes, file.toString().startsWith("<svg ")], ["image/svg+xml", "any", true], src);
  }
});

test("the page can be installed: a name, a start within its scope, icons of 192 and 512", () => {
  assert(manifest.name && manifest.start_url.startsWith(manifest.scope));
  for (const purpose of [undefined, "maskable"]) {
    const sizes = manifest.icons.filter((icon) => icon.purpose === purpose).map((icon) => icon.sizes);
    assert(sizes.includes("192x192") && sizes.includes("512x512"), purpose);
  }
});

test("the icon for a home screen that wants its own has no transparent corner", () => {
  const png = readFileSync(new URL("icons/apple-touch-180.png", STATIC));
  assert.equal(sizeOf(png), "180x180");
  assert(!png.includes("tRNS"));
  assert([0, 2, 3].includes(png[25]), "a colour type with alpha");
});
