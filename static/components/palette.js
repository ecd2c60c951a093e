/**
 * Everything by its name (`Ctrl K`): commands, lists and tasks. The field keeps
 * the focus, and the arrows go through what was found (ARIA's combobox).
 */
import { html, Icon, useId, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { find, marked, used } from "../lib/palette.js";
import { setUsedEntries, takeAhead, usedEntries } from "../state/device.js";
import { entriesNow } from "../state/palette.js";
import { Dialog } from "./dialog.js";
import { printed } from "./keys.js";

/** @typedef {import("../lib/palette.js").Entry} Entry */

/** @param {{ onClose: () => void }} props */
export function Palette({ onClose }) {
  const id = useId();
  const [steps, setSteps] = useState(() => [{ text: "", entries: entriesNow() }]);
  const [query, setQuery] = useState(() => takeAhead().text);
  const [at, setAt] = useState(0);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => field.current?.focus(), []);
  useLayoutEffect(() => document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" }), [at, query, steps]);

  const step = steps[steps.length - 1];
  const isFirst = steps.length === 1;
  const sections = find(query, step.entries, isFirst ? usedEntries() : []);
  const hits = sections.flatMap((section) => section.hits);
  const type = (/** @type {string} */ text) => {
    setQuery(text);
    setAt(0);
  };
  const back = () => {
    if (isFirst) return onClose();
    setSteps(steps.slice(0, -1));
    type("");
  };
  const choose = (/** @type {Entry | undefined} */ entry) => {
    if (entry === undefined) return;
    if (isFirst) setUsedEntries(used(usedEntries(), entry.id));
    if (entry.steps !== undefined) {
      setSteps([...steps, { text: entry.text, entries: entry.steps() }]);
      return type("");
    }
    onClose();
    // After the focus is back where it was.
    setTimeout(entry.run);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return;
    const to = nextPlace(event, at, hits.length);
    if (to !== undefined) setAt(to);
    else if (event.key === "Enter") choose(hits[at]?.entry);
    else if (event.key === "Escape" || (event.key === "Backspace" && query === "" && !isFirst)) back();
    else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) onClose();
    else return;
    event.preventDefault();
  };

  return html`
    <${Dialog} label=${t("command.palette")} kind="dialog--palette" onClose=${back}>
      <div class="palette__line">
        <${Icon} name="search" />
        ${!isFirst && html`<span class="palette__step">${step.text}</span>`}
        <input
          class="palette__field"
          ref=${field}
          role="combobox"
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls=${id}
          aria-activedescendant=${hits.length > 0 ? `${id}-${at}` : undefined}
          aria-label=${isFirst ? t("palette.field") : step.text}
          placeholder=${isFirst ? t("palette.field") : ""}
          autocomplete="off"
          spellcheck="false"
          value=${query}
          onInput=${(/** @type {Event} */ event) => type(/** @type {HTMLInputElement} */ (event.target).value)}
          onKeyDown=${onKeyDown}
        />
        ${isFirst && html`<span class="palette__hint" aria-hidden="true">${t("palette.hint")}</span>`}
      </div>
      <div class="palette__found" role="listbox" id=${id} aria-label=${t("command.palette")} onMouseDown=${keepFocus}>
        ${sections.map(({ kind, hits: some }) => {
          const first = hits.indexOf(some[0]);
          return html`
            <div role="group" key=${kind} aria-label=${t(`palette.${kind}`)}>
              ${isFirst && html`<div class="palette__heading" aria-hidden="true">${t(`palette.${kind}`)}</div>`}
              ${some.map(
                (hit, place) => html`
                  <${Option}
                    key=${hit.entry.id}
                    id=${`${id}-${first + place}`}
                    hit=${hit}
                    isChosen=${first + place === at}
                    onChoose=${() => choose(hit.entry)}
                  />`,
              )}
            </div>`;
        })}
      </div>
      ${hits.length === 0 && html`<p class="palette__none">${t("palette.none")}</p>`}
      <div class="unseen" role="status">${t("palette.count", { count: hits.length })}</div>
    </${Dialog}>`;
}

/** @param {{ id: string, hit: import("../lib/palette.js").Hit, isChosen: boolean, onChoose: () => void }} props */
function Option({ id, hit: { entry, ranges }, isChosen, onChoose }) {
  const parts = marked(entry.text, ranges);
  return html`
    <div class="palette__option" id=${id} role="option" aria-selected=${isChosen} onClick=${onChoose}>
      ${entry.icon === undefined ? html`<span class="icon"></span>` : html`<${Icon} name=${entry.icon} />`}
      <span class="palette__text">${parts.map((part) => (part.isMatch ? html`<mark>${part.text}</mark>` : part.text))}</span>
      ${entry.hint !== undefined && html`<span class="palette__about">${entry.hint}</span>`}
      ${entry.keys !== undefined && html`<kbd aria-hidden="true">${printed(entry.keys)}</kbd>`}
      ${entry.steps !== undefined && html`<${Icon} name="chevron" />`}
    </div>`;
}

/** A press on what was found leaves the focus in the field. @param {Event} event */
function keepFocus(event) {
  event.preventDefault();
}

/** @param {KeyboardEvent} event @param {number} at @param {number} count */
function nextPlace({ key, ctrlKey, metaKey }, at, count) {
  if (count === 0) return undefined;
  if (key === "ArrowDown") return (at + 1) % count;
  if (key === "ArrowUp") return (at - 1 + count) % count;
  if (key === "PageDown") return Math.min(at + 8, count - 1);
  if (key === "PageUp") return Math.max(at - 8, 0);
  if (key === "Home" && (ctrlKey || metaKey)) return 0;
  if (key === "End" && (ctrlKey || metaKey)) return count - 1;
  return undefined;
}
