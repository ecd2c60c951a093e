/** All the keys (`?`), from the table of commands; single ones can be switched off. */
import { html, IconButton, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { match } from "../lib/fuzzy.js";
import { t } from "../lib/i18n.js";
import { commands } from "../state/commands.js";
import { characterKeys, isMac, setCharacterKeys } from "../state/device.js";
import { Dialog } from "./dialog.js";

/** @typedef {import("../state/commands.js").Command} Command */

const GROUPS = /** @type {const} */ (["task", "choose", "go", "page"]);

/** @param {{ onClose: () => void }} props */
export function Keys({ onClose }) {
  const [query, setQuery] = useState("");
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => field.current?.focus(), []);
  const named = (/** @type {Command} */ { title, params, keys }) => [t(title, params?.()), ...keys.map(printed)];
  const fits = (/** @type {Command} */ command) => named(command).some((text) => match(query, text) !== null);
  const found = commands.filter((command) => command.keys.length > 0 && fits(command));
  return html`
    <${Dialog} label=${t("command.keys")} kind="dialog--keys" onClose=${onClose}>
      <header class="keys__head">
        <h2>${t("command.keys")}</h2>
        <${IconButton} icon="close" label=${t("page.close")} onClick=${onClose} />
      </header>
      <input
        class="field"
        type="search"
        ref=${field}
        aria-label=${t("keys.filter")}
        placeholder=${t("keys.filter")}
        value=${query}
        onInput=${(/** @type {Event} */ event) => setQuery(/** @type {HTMLInputElement} */ (event.target).value)}
      />
      <div class="keys__groups">
        ${GROUPS.map((group) => html`<${Group} key=${group} name=${group} found=${found.filter((one) => one.group === group)} />`)}
      </div>
      ${found.length === 0 && html`<p class="palette__none">${t("palette.none")}</p>`}
      <label class="keys__switch">
        <input
          type="checkbox"
          checked=${characterKeys.value}
          onChange=${(/** @type {Event} */ event) => setCharacterKeys(/** @type {HTMLInputElement} */ (event.target).checked)}
        />
        <span>${t("keys.on")}<span class="hint">${t("keys.on_hint")}</span></span>
      </label>
    </${Dialog}>`;
}

/** @param {{ name: typeof GROUPS[number], found: Command[] }} props */
function Group({ name, found }) {
  if (found.length === 0) return null;
  return html`
    <section>
      <h3>${t(`keys.group.${name}`)}</h3>
      <dl class="keys__list">
        ${found.map(
          ({ id, title, params, keys }) => html`
            <div class="keys__one" key=${id}>
              <dt>${t(title, params?.())}</dt>
              <dd>
                ${keys.map((one, place) => html`${place > 0 && html` <span class="muted">${t("keys.or")}</span> `}<kbd>${printed(one)}</kbd>`)}
              </dd>
            </div>`,
        )}
      </dl>
    </section>`;
}

/** Keys whose name differs from language to language, and those that have a sign. */
const NAMED = /** @type {const} */ (["Alt", "Backspace", "ContextMenu", "Delete", "Enter", "Shift"]);
/** @type {Record<string, string>} */
const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

/** Keys as people read them: `Ctrl K`, `Alt ↑`, `G T`. @param {string} keys */
export function printed(keys) {
  return keys.split(/[+ ]/).map(printedKey).join(" ");
}

/** @param {string} key */
function printedKey(key) {
  if (key === "Mod") return isMac ? "⌘" : t("key.Ctrl");
  const name = NAMED.find((one) => one === key);
  return name === undefined ? (SIGNS[key] ?? key.toUpperCase()) : t(`key.${name}`);
}
