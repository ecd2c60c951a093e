/** Both sides changed the same: shows both, one click for each field. */
import { html, useState } from "../lib/ui.js";
import { dueWords } from "../lib/dates.js";
import { t } from "../lib/i18n.js";
import { dateSettings, now } from "../state/device.js";
import { nameOf } from "../state/places.js";
import { findList, settle } from "../state/tasks.js";
import { Dialog } from "./dialog.js";

const NAMES = /** @type {const} */ ({
  title: "task.title",
  description: "detail.notes",
  due: "detail.due",
  priority: "detail.priority",
  completed: "view.completed",
  list_id: "detail.list",
});

/** @typedef {keyof typeof NAMES} Field */

/** @param {{ conflict: import("../lib/types.js").Conflict }} props */
export function Conflict({ conflict }) {
  const { op, current } = conflict;
  const mine = /** @type {Record<Field, unknown>} */ (op.body ?? {});
  const fields = /** @type {Field[]} */ (
    Object.keys(op.seen ?? {}).filter((name) => name in NAMES && mine[/** @type {Field} */ (name)] !== current[/** @type {Field} */ (name)])
  );
  const [chosen, setChosen] = useState(/** @type {Partial<Record<Field, "mine" | "theirs">>} */ ({}));
  const isReady = fields.every((name) => chosen[name] !== undefined);
  const keep = () => {
    const taken = fields.filter((name) => chosen[name] === "mine");
    settle(conflict, Object.fromEntries(taken.map((name) => [name, mine[name]])));
  };
  return html`
    <${Dialog} label=${t("conflict.title")}>
      <h2>${t("conflict.title")}</h2>
      <p>${t("conflict.why", { title: current.title })}</p>
      ${fields.map(
        (name) => html`
          <fieldset class="versions" key=${name}>
            <legend>${t(NAMES[name])}</legend>
            ${/** @type {const} */ (["mine", "theirs"]).map(
              (side) => html`
                <label class="version">
                  <input
                    type="radio"
                    name=${name}
                    checked=${chosen[name] === side}
                    onChange=${() => setChosen({ ...chosen, [name]: side })}
                  />
                  <span><b>${t(`conflict.${side}`)}</b><span class="version__text">${words(name, side === "mine" ? mine[name] : current[name])}</span></span>
                </label>`,
            )}
          </fieldset>`,
      )}
      <div class="dialog__acts">
        <button class="button button--primary" type="button" disabled=${!isReady} onClick=${keep}>${t("conflict.keep")}</button>
      </div>
    </${Dialog}>`;
}

/** A value as people read it. @param {Field} name @param {unknown} value */
function words(name, value) {
  if (name === "due") return value === null ? t("detail.no_due") : dueWords(String(value), now.value, dateSettings.value).full;
  if (name === "priority") return value === 4 ? t("task.no_priority") : t("task.priority", { priority: Number(value) });
  if (name === "completed") return t(value ? "conflict.done" : "conflict.open");
  if (name === "list_id") {
    const list = findList(String(value));
    return list ? nameOf(list) : "";
  }
  return value === "" ? t("conflict.empty") : String(value);
}
