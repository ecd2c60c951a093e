/** The frame of the page: sidebar, the view, the panel of one task, toasts. */
import { html, useEffect } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { page, route } from "../lib/router.js";
import { closeDialog, drawerOpen, newVersion, openDialog, quickAdd, setDrawer, showDialog, sidebarOpen, toggleSidebar } from "../state/device.js";
import { online, pending } from "../state/outbox.js";
import { chosen } from "../state/selection.js";
import { conflicts } from "../state/tasks.js";
import { dismiss, hold, question, toast, whisper } from "../state/toasts.js";
import { undo } from "../state/undo.js";
import { TaskListView } from "../views/task-list.js";
import { Icon, IconButton } from "./icon.js";
import { Lazy, prefetch } from "./lazy.js";
import { Sidebar } from "./sidebar.js";

/** Views that are fetched when they are opened. */
const LAZY = new Set(["completed", "trash", "search", "settings"]);

export function Shell() {
  useEffect(listenToKeys, []);
  const { view, path } = page.value;
  useEffect(() => setDrawer(false), [path]);
  const dialog = openDialog.value;
  const panel = route.value.view === "task" ? route.value.id : null;
  return html`
    <a class="skip" href="#main" onClick=${skip}>${t("page.skip")}</a>
    <div
      class="frame"
      data-sidebar=${sidebarOpen.value}
      data-drawer=${drawerOpen.value}
      data-panel=${panel !== null}
    >
      <${Sidebar} />
      <div class="frame__shade" onClick=${() => setDrawer(false)}></div>
      <main class="frame__main" id="main" tabindex="-1">
        <${IconButton}
          class="frame__toggle"
          icon="sidebar"
          label=${t("command.sidebar")}
          aria-expanded=${sidebarOpen.value}
          onClick=${toggleSidebar}
        />
        ${LAZY.has(view) ? html`<${Lazy} key=${view} name=${view} />` : html`<${TaskListView} />`}
        ${chosen.value.size > 0 && html`<${Lazy} name="bulk-bar" />`}
      </main>
      ${panel !== null && html`<${Lazy} name="detail" id=${panel} />`}
    </div>
    <${TabBar} view=${view} />
    ${dialog !== null && html`<${Lazy} key=${dialog.name} name=${dialog.name} ...${dialog.props} onClose=${closeDialog} />`}
    ${question.value !== null && html`<${Lazy} name="confirm" />`}
    ${conflicts.value.length > 0 && html`<${Lazy} name="conflict" key=${conflicts.value[0].op.uid} conflict=${conflicts.value[0]} />`}
    <${Connection} />
    <${Toast} />
    <div class="unseen" role="status">${whisper.value}</div>`;
}

/** The keys are not needed to draw the page, so they come after it. */
function listenToKeys() {
  const keys = import("../state/commands.js");
  const early = async (/** @type {KeyboardEvent} */ event) => (await keys).onKey(event);
  document.addEventListener("keydown", early);
  document.addEventListener("keydown", expectPalette);
  keys.then((loaded) => {
    document.removeEventListener("keydown", early);
    document.addEventListener("keydown", loaded.onKey);
  });
  return () => {
    document.removeEventListener("keydown", expectPalette);
    keys.then((loaded) => document.removeEventListener("keydown", loaded.onKey));
  };
}

/** Who presses Ctrl may press K next; then it is there. @param {KeyboardEvent} event */
function expectPalette(event) {
  if (event.key === "Control" || event.key === "Meta") prefetch("palette");
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** At the foot of a phone. @param {{ view: string }} props */
function TabBar({ view }) {
  const places = /** @type {const} */ (["inbox", "today", "upcoming"]);
  return html`
    <button class="fab" type="button" aria-label=${t("command.add")} onClick=${quickAdd}><${Icon} name="plus" /></button>
    <nav class="tabs" aria-label=${t("tabs.name")}>
      ${places.map(
        (one) => html`
          <a class="tabs__link" href=${`/${one}`} aria-current=${view === one ? "page" : undefined}>
            <${Icon} name=${one} />${t(`view.${one}`)}
          </a>`,
      )}
      <button class="tabs__link" type="button" aria-expanded=${drawerOpen.value} onClick=${() => setDrawer(true)}>
        <${Icon} name="all" />${t("tabs.browse")}
      </button>
    </nav>`;
}

/** Says so when the server is out of reach, and what waits; and when there is a new version. */
function Connection() {
  const waiting = pending.value.length;
  const words = waiting > 0 ? t("page.offline_waiting", { count: waiting }) : t("page.offline");
  const isNew = newVersion.value !== null;
  return html`
    <div class="connection" role="status">
      ${!online.value && html`<button class="connection__badge" type="button" onClick=${() => showDialog("queue")}><${Icon} name="offline" />${words}</button>`}
      ${isNew && html`<button class="connection__badge connection__badge--new" type="button" onClick=${newVersion.value}>${t("page.new_version")}</button>`}
    </div>`;
}

function Toast() {
  const now = toast.value;
  return html`
    <div class="toasts">
      <div role="status">${now !== null && !now.isError && html`<${ToastLine} toast=${now} />`}</div>
      <div role="alert">${now !== null && now.isError && html`<${ToastLine} toast=${now} />`}</div>
    </div>`;
}

/** @param {{ toast: import("../state/toasts.js").Toast }} props */
function ToastLine({ toast: { id, key, params, canUndo, isError } }) {
  return html`
    <div
      class="toast"
      key=${id}
      data-error=${isError}
      onMouseEnter=${() => hold(true)}
      onMouseLeave=${() => hold(false)}
      onFocusIn=${() => hold(true)}
      onFocusOut=${() => hold(false)}
    >
      <span class="toast__text">${t(key, params)}</span>
      ${canUndo && html`<button class="toast__act" type="button" onClick=${undo}>${t("command.undo")} <kbd aria-hidden="true">Z</kbd></button>`}
      <${IconButton} icon="close" label=${t("page.close")} onClick=${dismiss} />
    </div>`;
}
