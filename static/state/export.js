/** All that the server keeps for the person, in one document. */
import { everyPage, request } from "../lib/api.js";

/** @param {Date} now */
export async function exportAll(now) {
  /** @type {any[]} */
  const tasks = [];
  /** @type {any[]} */
  const trash = [];
  const profile = await request("GET", "/api/me");
  const { items: lists } = await request("GET", "/api/lists");
  await everyPage("/api/tasks?limit=200", (items) => tasks.push(...items));
  await everyPage("/api/trash?limit=200", (items) => trash.push(...items));
  return { exported_at: now.toISOString(), profile, lists, tasks, trash };
}
