/** What waits for the server: each change can be given up or edited, all of them tried again. */
import { html, IconButton, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { go, openTask } from "../lib/router.js";
import { withFollowers } from "../lib/queue.js";
import { online, pending } from "../state/outbox.js";
import { nameOf } from "../state/places.js";
import { tryNow } from "../state/sync.js";
import { findList, findTask, giveUp } from "../state/tasks.js";
import { Dialog } from "./dialog.js";
import { focusInPlace } from "./in-place.js";

/** @typedef {import("../lib/types.js").Op} Op */

/** As many as anybody reads. */
const MOST = 200;

/** @param {{ onClose: () => void }} props */
export function Queue({ onClose }) {
  const [isTrying, setTrying] = useState(false);
  const ops = pending.value;
  const isSent = online.value && ops.length === 0;
  const retry = async () => {
    setTrying(true);
    await tryNow();
    setTrying(false);
  };
  return html`
    <${Dialog} label=${t("queue.title")} onClose=${onClose}>
      <h2>${t("queue.title")}</h2>
      <p class="muted" role="status">${isSent ? t("queue.sent") : t("queue.why")}</p>
      <ul class="queue">
        ${ops.slice(0, MOST).map((op) => html`<${Waiting} key=${op.uid} op=${op} onClose=${onClose} />`)}
      </ul>
      <div class="dialog__acts">
        <button class="button" type="button" onClick=${onClose}>${t("page.close")}</button>
        ${!isSent && html`<button class="button button--primary" type="button" disabled=${isTrying} onClick=${retry}>${t("queue.retry")}</button>`}
      </div>
    </${Dialog}>`;
}

/** @param {{ op: Op, onClose: () => void }} props */
function Waiting({ op, onClose }) {
  const what = words(op);
  const isThere = op.of === "task" ? findTask(op.id) !== undefined : findList(op.id) !== undefined;
  const edit = () => {
    onClose();
    if (op.of === "task") openTask(op.id);
    else go(`/lists/${op.id}`);
  };
  const discard = (/** @type {Event} */ event) => {
    focusInPlace(event);
    giveUp(withFollowers(op, pending.peek()));
  };
  return html`
    <li class="queue__one">
      <span class="queue__what">${what}</span>
      ${isThere && html`<${IconButton} icon="edit" label=${t("queue.edit", { what })} onClick=${edit} />`}
      <${IconButton} icon="trash" label=${t("queue.discard", { what })} onClick=${discard} />
    </li>`;
}

/** A change as its toast said it. @param {Op} op */
function words({ kind, of, id, body = {}, thing }) {
  const known = /** @type {Record<string, unknown> | undefined} */ (thing ?? (of === "task" ? findTask(id) : findList(id)));
  const title = String(body.title ?? known?.title ?? t("queue.a_task"));
  if (of === "list") {
    const name = String(body.name ?? known?.name ?? t("queue.a_list"));
    const isRenamed = kind === "change" && body.name !== undefined;
    return t(isRenamed ? "undo.list_renamed" : LIST_WORDS[kind], { name });
  }
  if (kind !== "change") return t(TASK_WORDS[kind], { title });
  const list = findList(String(body.list_id));
  if (list !== undefined) return t("undo.moved", { title, list: nameOf(list) });
  if ("completed" in body) return t(body.completed ? "undo.completed" : "undo.reopened", { title });
  return t("before" in body || "after" in body ? "undo.reordered" : "undo.changed", { title });
}

const TASK_WORDS = /** @type {const} */ ({
  add: "undo.added",
  delete: "undo.deleted",
  restore: "undo.restored",
});

const LIST_WORDS = /** @type {const} */ ({
  add: "undo.list_added",
  change: "undo.list_reordered",
  delete: "undo.list_deleted",
  restore: "undo.list_restored",
});
