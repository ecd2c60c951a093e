/** A QR code, to be drawn as SVG. Fetched when it is first needed. */

import { generate } from "../vendor/lean-qr-3f6bd56a20.js";

/** What a reader needs around the code, in modules (ISO/IEC 18004). */
const QUIET = 4;

/**
 * The code of a text: one path of dark squares, in a square of `size`.
 *
 * @param {string} text
 * @returns {{ size: number, path: string }}
 */
export function qrCode(text) {
  const code = generate(text);
  const rows = Array.from({ length: code.size }, (_, y) => rowPath(code, y));
  return { size: code.size + 2 * QUIET, path: rows.join("") };
}

/** One rectangle for each run of dark modules. @param {{ size: number, get(x: number, y: number): boolean }} code @param {number} y */
function rowPath(code, y) {
  let path = "";
  for (let x = 0; x < code.size; x += 1) {
    if (!code.get(x, y)) continue;
    const start = x;
    while (code.get(x + 1, y)) x += 1;
    const width = x + 1 - start;
    path += `M${start + QUIET} ${y + QUIET}h${width}v1h-${width}z`;
  }
  return path;
}
