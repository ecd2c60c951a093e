/** Where one can go: the views, the person's lists, the account. */
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { go, page } from "../lib/router.js";
import { quickAdd, showDialog, toggleSidebar } from "../state/device.js";
import { todayCounts } from "../state/places.js";
import { person } from "../state/session.js";
import { addList, counts, inbox, lists } from "../state/tasks.js";
import { Icon, IconButton } from "./icon.js";

export function Sidebar() {
  const own = lists.value.filter((list) => !list.is_inbox);
  const { late, all } = todayCounts.value;
  const inboxId = inbox.value?.id;
  return html`
    <nav class="sidebar" aria-label=${t("sidebar.name")}>
      <div class="sidebar__top">
        <a class="sidebar__person" href="/settings" aria-label=${t("settings.of", { name: person.value?.name ?? "" })}>
          <span class="avatar" data-initial=${initial()}></span>
          <span class="sidebar__name">${person.value?.name}</span>
        </a>
        <${IconButton} icon="sidebar" label=${t("command.sidebar")} onClick=${toggleSidebar} />
      </div>
      <button class="sidebar__add" type="button" aria-keyshortcuts="q" onClick=${quickAdd}>
        <span class="sidebar__plus"><${Icon} name="plus" /></span>${t("command.add")}
      </button>
      <ul class="nav">
        <${Place} view="search" icon="search" />
        <${Place} view="inbox" icon="inbox" count=${counts.value.get(inboxId ?? "") ?? 0} listId=${inboxId} />
        <${Place} view="today" icon="today" count=${all} late=${late} />
        <${Place} view="upcoming" icon="upcoming" />
        <${Place} view="all" icon="all" />
        <${Place} view="completed" icon="completed" />
        <${Place} view="trash" icon="trash" />
      </ul>
      <h2 class="sidebar__heading">${t("sidebar.lists")}</h2>
      <ul class="nav" aria-label=${t("sidebar.lists")}>
        ${own.map((list) => html`<${OwnList} key=${list.id} list=${list} />`)}
      </ul>
      <${NewList} />
    </nav>`;
}

const initial = () => [...(person.value?.name ?? "")][0]?.toUpperCase() ?? "";

/**
 * @param {{
 *   view: "search" | "inbox" | "today" | "upcoming" | "all" | "completed" | "trash",
 *   icon: import("./icon.js").IconName,
 *   count?: number,
 *   late?: number,
 *   listId?: string,
 * }} props
 */
function Place({ view, icon, count = 0, late = 0, listId }) {
  const isHere = page.value.view === view;
  return html`
    <li>
      <a class="nav__link" href=${`/${view}`} data-list=${listId} aria-current=${isHere ? "page" : undefined}>
        <${Icon} name=${icon} />
        <span class="nav__name">${t(`view.${view}`)}</span>
        <${Count} count=${count} late=${late} />
      </a>
    </li>`;
}

/** @param {{ count: number, late?: number }} props */
function Count({ count, late = 0 }) {
  if (count === 0) return null;
  return html`
    <span class="nav__count">
      ${late > 0 && html`<span class="nav__late" aria-hidden="true">${late}</span> `}
      ${count > late && html`<span aria-hidden="true">${count - late}</span>`}
      <span class="unseen">${t("count.open", { count })}${late > 0 && `, ${t("count.late", { count: late })}`}</span>
    </span>`;
}

/** @param {{ list: import("../lib/types.js").List }} props */
function OwnList({ list }) {
  const isHere = page.value.view === "list" && page.value.id === list.id;
  const menu = (/** @type {Event} */ event) => showDialog("list-menu", { list, anchor: event.currentTarget });
  return html`
    <li class="nav__item">
      <a
        class="nav__link"
        href=${`/lists/${list.id}`}
        data-list=${list.id}
        data-own-list=${list.id}
        aria-current=${isHere ? "page" : undefined}
      >
        <span class="nav__dot"></span>
        <span class="nav__name">${list.name}</span>
        <${Count} count=${counts.value.get(list.id) ?? 0} />
      </a>
      <${IconButton} class="nav__menu" icon="more" label=${t("list.menu", { name: list.name })} aria-haspopup="menu" onClick=${menu} />
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
  const close = (/** @type {HTMLInputElement} */ field, /** @type {boolean} */ opensIt) => {
    const name = field.value.trim();
    field.value = "";
    setOpen(false);
    if (name === "") return;
    const id = addList(name);
    if (opensIt) go(`/lists/${id}`);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.currentTarget);
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") field.value = "";
    close(field, true);
  };
  return html`
    <div class="nav__form">
      <input
        class="field"
        maxlength="200"
        aria-label=${t("list.name")}
        placeholder=${t("list.name")}
        autocomplete="off"
        ref=${focusAtOnce}
        onKeyDown=${onKeyDown}
        onBlur=${(/** @type {FocusEvent} */ event) => close(/** @type {HTMLInputElement} */ (event.currentTarget), false)}
      />
    </div>`;
}

/** @param {HTMLElement | null} element */
function focusAtOnce(element) {
  element?.focus();
}
