/** Where one can go: the views, the person's lists, the account. */
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { route } from "../lib/router.js";
import { showDialog, toggleSidebar } from "../state/device.js";
import { online, pending } from "../state/outbox.js";
import { person } from "../state/session.js";
import { addList, counts, inbox, lists } from "../state/tasks.js";
import { Icon, IconButton } from "./icon.js";

export function Sidebar() {
  const own = lists.value.filter((list) => !list.is_inbox);
  const inboxCount = counts.value.get(inbox.value?.id ?? "") ?? 0;
  return html`
    <nav class="sidebar" aria-label=${t("sidebar.name")}>
      <div class="sidebar__top">
        <a class="sidebar__person" href="/settings">
          <span class="avatar" aria-hidden="true">${initial()}</span>
          <span class="sidebar__name">${person.value?.name}</span>
          <span class="unseen">${t("settings.title")}</span>
        </a>
        <${IconButton} icon="sidebar" label=${t("command.sidebar")} onClick=${toggleSidebar} />
      </div>
      <button class="sidebar__add" type="button" aria-keyshortcuts="q" onClick=${() => showDialog("quick-add")}>
        <span class="sidebar__plus"><${Icon} name="plus" /></span>${t("command.add")}
      </button>
      <ul class="nav">
        <${Place} href="/inbox" view="inbox" icon="inbox" name=${t("view.inbox")} count=${inboxCount} />
      </ul>
      <div class="sidebar__heading">
        <h2>${t("sidebar.lists")}</h2>
      </div>
      <ul class="nav">
        ${own.map(
          (list) => html`
            <${Place}
              key=${list.id}
              href=${`/lists/${list.id}`}
              view="list"
              id=${list.id}
              name=${list.name}
              count=${counts.value.get(list.id) ?? 0}
            />`,
        )}
      </ul>
      <${NewList} />
      <${Connection} />
    </nav>`;
}

const initial = () => [...(person.value?.name ?? "")][0]?.toUpperCase() ?? "";

/**
 * @param {{ href: string, view: string, id?: string, icon?: string, name: string, count?: number }} props
 */
function Place({ href, view, id = "", icon, name, count = 0 }) {
  const here = route.value.view === view && route.value.id === id;
  return html`
    <li>
      <a class="nav__link" href=${href} aria-current=${here ? "page" : undefined}>
        ${icon === undefined ? html`<span class="nav__dot"></span>` : html`<${Icon} name=${icon} />`}
        <span class="nav__name">${name}</span>
        ${count > 0 && html`<span class="nav__count"><span aria-hidden="true">${count}</span><span class="unseen">${t("count.open", { count })}</span></span>`}
      </a>
    </li>`;
}

function NewList() {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return html`
      <button class="nav__link nav__add" type="button" onClick=${() => setOpen(true)}>
        <${Icon} name="plus" /><span class="nav__name">${t("list.add")}</span>
      </button>`;
  }
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const name = String(new FormData(form).get("name")).trim();
    if (name !== "") addList(name);
    setOpen(false);
  };
  return html`
    <form class="nav__form" onSubmit=${submit}>
      <input
        class="field"
        name="name"
        maxlength="200"
        aria-label=${t("list.name")}
        placeholder=${t("list.name")}
        autocomplete="off"
        ref=${focusAtOnce}
        onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && setOpen(false)}
        onBlur=${(/** @type {FocusEvent} */ event) => {
          const field = /** @type {HTMLInputElement} */ (event.currentTarget);
          if (field.value.trim() === "") setOpen(false);
          else field.form?.requestSubmit();
        }}
      />
    </form>`;
}

/** @param {HTMLElement | null} element */
export function focusAtOnce(element) {
  element?.focus();
}

/** Says so when the server is out of reach, and what waits. */
function Connection() {
  const waiting = pending.value.length;
  const isOnline = online.value;
  return html`
    <div class="connection" role="status">
      ${!isOnline && html`<span class="connection__badge"><${Icon} name="offline" />${waiting > 0 ? t("page.offline_waiting", { count: waiting }) : t("page.offline")}</span>`}
    </div>`;
}
