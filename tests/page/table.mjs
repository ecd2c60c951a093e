import { readFileSync } from "node:fs";

/** The rows of the table in a module's opening comment: its cells, without their quotes. */
export function tableOf(name) {
  const source = readFileSync(new URL(`../../static/lib/${name}`, import.meta.url), "utf8");
  const rows = source.slice(0, source.indexOf("*/")).match(/^ \* \|.*\|$/gm) ?? [];
  const cells = rows.map((row) => row.slice(4, -1).split("|").map((cell) => cell.trim()));
  return cells.slice(2).map((row) => row.map((cell) => cell.replace(/^`(.*)`$/, "$1")));
}
