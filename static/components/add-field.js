/** The field that adds tasks: at the foot of a list, and in the quick-add dialog. */
import { html, useEffect, useRef } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { addTask } from "../state/tasks.js";
import { Icon } from "./icon.js";

/** What was typed and not yet added stays for when the field is back. */
const drafts = new Map();

/** @param {{ listId?: string, onAdded?: () => void, isFocused?: boolean }} props */
export function AddField({ listId, onAdded = () => {}, isFocused = false }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const draft = listId ?? "";
  useEffect(() => {
    if (field.current === null) return;
    field.current.value = drafts.get(draft) ?? "";
    if (isFocused) field.current.focus();
  }, [draft]);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const title = field.current?.value.trim() ?? "";
    if (field.current === null || title === "") return;
    addTask(listId === undefined ? { title } : { title, list_id: listId });
    field.current.value = "";
    drafts.delete(draft);
    onAdded();
  };
  return html`
    <form class="add" onSubmit=${submit}>
      <${Icon} name="plus" />
      <input
        class="add__field"
        ref=${field}
        maxlength="500"
        autocomplete="off"
        enterkeyhint="done"
        aria-label=${t("task.add")}
        placeholder=${t("task.add")}
        onInput=${(/** @type {Event} */ event) => drafts.set(draft, /** @type {HTMLInputElement} */ (event.target).value)}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && field.current?.blur()}
      />
    </form>`;
}
