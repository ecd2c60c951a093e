import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { qrCode } from "../../static/lib/qr.js";

const ADDRESS =
  "otpauth://totp/Docket:ada%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Docket&digits=6&period=30";

/** The squares that a path covers, as rows of `#` and spaces. */
function drawn({ size, path }) {
  const rows = Array.from({ length: size }, () => Array(size).fill(" "));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    rows[y].fill("#", Number(x), Number(x) + Number(width));
  }
  return rows.map((row) => row.join(""));
}

const FINDER = ["#######", "#     #", "# ### #", "# ### #", "# ### #", "#     #", "#######"];

test("a code has its three marks and a quiet zone of four around it", () => {
  const code = qrCode(ADDRESS);
  const rows = drawn(code);
  const far = code.size - 11;
  for (const [x, y] of [[4, 4], [far, 4], [4, far]]) {
    assert.deepEqual(rows.slice(y, y + 7).map((row) => row.slice(x, x + 7)), FINDER);
  }
  const edge = [...rows.slice(0, 4), ...rows.slice(-4), ...rows.flatMap((row) => [row.slice(0, 4), row.slice(-4)])];
  assert(edge.every((part) => part.trim() === ""));
});

// A reader of QR codes found the address in what this is the hash of.
test("an authenticator's address becomes the code that was read", () => {
  const { size, path } = qrCode(ADDRESS);
  const hash = createHash("sha256").update(path).digest("hex");
  assert.deepEqual([size, hash], [45, "3e3f449c55dac82ac8f7d9cbd09a04c65d2fa2c2c734631f9ada58ffd756902c"]);
});
