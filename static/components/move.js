/** Chooses the list that tasks go to: type a part of its name, then Enter. */
import { html, Icon, useId, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { rank } from "../lib/fuzzy.js";
import { t } from "../lib/i18n.js";
import { route } from "../lib/router.js";
import { takeAhead } from "../state/device.js";
import { nameOf, sendOff } from "../state/places.js";
import { lists, moveTasks } from "../state/tasks.js";
import { Dialog } from "./dialog.js";

/** @param {{ tasks: import("../lib/types.js").Task[], anchor?: Element, onClose: () => void }} props */
export function Move({ tasks, anchor, onClose }) {
  const id = useId();
  const [typed] = useState(takeAhead);
  const [query, setQuery] = useState(typed.text);
  const [at, setAt] = useState(0);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const found = rank(query, lists.value, nameOf).map(({ item }) => item);
  useLayoutEffect(() => {
    field.current?.focus();
    // Once the dialog is there to be closed.
    if (typed.isSent) setTimeout(() => choose(found[0]));
  }, []);
  const choose = (/** @type {import("../lib/types.js").List | undefined} */ list) => {
    if (list === undefined) return;
    // From a panel, or in a view of many lists, what had the focus is still there.
    const goesOut = ["inbox", "list"].includes(route.peek().view) && tasks.some((task) => task.list_id !== list.id);
    onClose();
    if (goesOut) sendOff(tasks, (all) => moveTasks(all, list.id));
    else moveTasks(tasks, list.id);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") choose(found[at]);
    else if (by !== undefined) setAt((at + by + found.length) % Math.max(1, found.length));
    else return;
    event.preventDefault();
  };
  return html`
    <${Dialog} label=${t("command.move")} kind="dialog--menu" anchor=${anchor} onClose=${onClose}>
      <input
        class="field"
        ref=${field}
        role="combobox"
        aria-expanded="true"
        aria-controls=${id}
        aria-activedescendant=${found.length > 0 ? `${id}-${at}` : undefined}
        aria-label=${t("move.field")}
        placeholder=${t("move.field")}
        autocomplete="off"
        value=${query}
        onInput=${(/** @type {Event} */ event) => {
          setQuery(/** @type {HTMLInputElement} */ (event.target).value);
          setAt(0);
        }}
        onKeyDown=${onKeyDown}
      />
      <ul class="menu" role="listbox" id=${id} aria-label=${t("sidebar.lists")}>
        ${found.map(
          (list, place) => html`
            <li
              class="menu__item"
              key=${list.id}
              id=${`${id}-${place}`}
              role="option"
              aria-selected=${place === at}
              onClick=${() => choose(list)}
            >
              <${Icon} name=${list.is_inbox ? "inbox" : "list"} />
              <span class="menu__label">${nameOf(list)}</span>
              ${tasks.every((task) => task.list_id === list.id) && html`<${Icon} name="check" />`}
            </li>`,
        )}
      </ul>
      ${found.length === 0 && html`<p class="muted">${t("move.none")}</p>`}
    </${Dialog}>`;
}
