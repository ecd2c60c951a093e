/** Which waiting changes stand and fall together. */

/** @typedef {import("./types.js").Op} Op */

/**
 * A waiting change with those that were made upon what it adds: without a list
 * there are no tasks in it.
 *
 * @param {Op} op
 * @param {readonly Op[]} queue in the order of sending
 * @returns {Op[]}
 */
export function withFollowers(op, queue) {
  const missing = new Set(op.kind === "add" ? [op.id] : []);
  return queue.filter((one) => {
    const isUpon = missing.has(one.id) || missing.has(String(one.body?.list_id));
    if (isUpon && one.kind === "add") missing.add(one.id);
    return isUpon || one.uid === op.uid;
  });
}
