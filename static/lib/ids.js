/** A new UUIDv7 (RFC 9562, 5.7): the time, then chance. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let at = 0; at < 6; at += 1) bytes[at] = Math.floor(now / 2 ** (8 * (5 - at))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A rank that sorts after `low` and before `high`, byte by byte. It stands for
 * the server's own until that is known.
 *
 * @param {string | null} low
 * @param {string | null} high
 */
export function between(low, high) {
  let rank = "";
  for (let at = 0; ; at += 1) {
    const from = low !== null && at < low.length ? DIGITS.indexOf(low[at]) : 0;
    const to = high !== null ? (at < high.length ? DIGITS.indexOf(high[at]) : 0) : DIGITS.length;
    if (to - from > 1) return rank + DIGITS[Math.floor((from + to) / 2)];
    rank += DIGITS[from];
    if (to > from) high = null;
  }
}
