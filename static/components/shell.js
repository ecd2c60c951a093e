/** The frame of the page: sidebar, the view, toasts. */
import { html, useEffect } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { route } from "../lib/router.js";
import { closeDialog, drawerOpen, openDialog, setDrawer, sidebarOpen, toggleSidebar } from "../state/device.js";
import { dismiss, hold, toast, whisper } from "../state/toasts.js";
import { undo } from "../state/undo.js";
import { TaskListView } from "../views/task-list.js";
import { IconButton } from "./icon.js";
import { Lazy } from "./lazy.js";
import { Sidebar } from "./sidebar.js";

/** Views that are fetched when they are opened. */
const LAZY = new Set(["settings"]);

export function Shell() {
  useEffect(() => {
    // The keys are not needed to draw the page, so they come after it.
    const keys = import("../state/commands.js");
    const onKey = async (/** @type {KeyboardEvent} */ event) => (await keys).onKey(event);
    keys.then((loaded) => {
      document.removeEventListener("keydown", onKey);
      document.addEventListener("keydown", loaded.onKey);
    });
    document.addEventListener("keydown", onKey);
    return () => keys.then((loaded) => document.removeEventListener("keydown", loaded.onKey));
  }, []);
  const { view, path } = route.value;
  useEffect(() => setDrawer(false), [path]);
  const dialog = openDialog.value;
  return html`
    <a class="skip" href="#main" onClick=${skip}>${t("page.skip")}</a>
    <div class="frame" data-sidebar=${sidebarOpen.value} data-drawer=${drawerOpen.value}>
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
      </main>
    </div>
    ${dialog !== null && html`<${Lazy} key=${dialog.name} name=${dialog.name} ...${dialog.props} onClose=${closeDialog} />`}
    <${Toast} />
    <div class="unseen" role="status">${whisper.value}</div>`;
}

/** @param {Event} event */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
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
      ${canUndo && html`<button class="toast__act" type="button" onClick=${undo}>${t("command.undo")} <kbd>Z</kbd></button>`}
      <${IconButton} icon="close" label=${t("page.close")} onClick=${dismiss} />
    </div>`;
}
