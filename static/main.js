//# allFunctionsCalledOnLoad
/**
 * Docket's page. What calls what, from the top:
 *
 *     main.js -> components/ views/ -> state/ -> lib/ -> the server
 *
 * `main.js` finds out who is here and draws either a sign-in or the frame: the
 * sidebar, the view that the address names, the panel of one task, toasts.
 * Views are in `views/`, one to an address; all but the task lists are fetched
 * when first opened: `VIEWS` and `DIALOGS` below name them.
 *
 * `state/` holds signals and the verbs that change them; nothing else assigns
 * `.value`. `session` knows who is here. `tasks` has every open task and list
 * in memory, in two layers: what the server said, and over it what waits in
 * `outbox`, the one queue of writes. A verb such as `completeTasks` makes ops
 * (plain data), shows them at once by laying them over, queues them, and hands
 * the ops that undo them to `toasts`. When the server answers, the op leaves the
 * queue and the answer becomes the base. `sync` feeds the base from the
 * server's events; one tab listens for all. `places` is what each view shows,
 * which of its rows are chosen, and which one the keys act on.
 *
 * A page that opens makes 25 requests at most, so files here hold what is
 * always needed together; what the first screen does without is behind
 * `import()`, and `index.html` names the rest. Their first line asks V8 to
 * compile them whole, beside the page's thread: function by function, as each
 * is first called, the page would wait for it. `early.js` comes before all of
 * them and begins what takes its time.
 *
 * `state/commands.js` is the one table of what can be done: an id, a title, the
 * keys, when it applies, and what it runs. Keys, palette and help all read it.
 *
 * `lib/api.js` is the only file that calls `fetch`; it keeps the token in
 * memory and has requests wait while somebody signs in again. `lib/store.js` is
 * IndexedDB: the last seen data, the queue, what can be undone. `lib/i18n.js`
 * has every word from `strings/`.
 *
 * `sw.js` is the service worker: it keeps the page's files, so that it opens
 * without a network, and changes to a new version of them when nobody minds.
 *
 * Tabs are told of tokens, changes, sent ops and sign-outs on one
 * BroadcastChannel (`tabs` in `lib/api.js`). What needs one tab only (renewing,
 * sending, listening) holds a Web Lock.
 */
import { html, Icon, IconButton, lazily, once, render, useEffect, useLayoutEffect, useRef, useState } from "./lib/ui.js";
import { language, LANGUAGE_SETTING, t, useLanguage } from "./lib/i18n.js";
import { go, page, route, scrollBack } from "./lib/router.js";
import { person, session, start } from "./state/session.js";
import { drag, isLeft } from "./components/task-rows.js";
import { onKey } from "./state/commands.js";
import { closeDialog, draft, drawerOpen, keepDraft, keepFiles, newVersion, openDialog, quickAdd, setDrawer, setSidebarWidth, showDialog, SIDEBAR_WIDTHS, sidebarOpen, sidebarWidth, toggleSidebar } from "./state/device.js";
import { online, pending } from "./state/outbox.js";
import { chosen, todayCounts } from "./state/places.js";
import { addList, conflicts, counts, inbox, isFilled, lists } from "./state/tasks.js";
import { dismiss, hold, question, say, toast, undo, whisper } from "./state/toasts.js";
import { TaskListView } from "./views/task-list.js";

/* What is fetched when it is first shown */

const VIEWS = new Map(Object.entries({
  completed: lazily(async () => (await import("./views/completed.js")).Completed),
  trash: lazily(async () => (await import("./views/trash.js")).Trash),
  search: lazily(async () => (await import("./views/search.js")).Search),
  settings: lazily(async () => (await import("./views/settings.js")).Settings, "account", "settings"),
}));

/** By the names that `showDialog` takes. */
const DIALOGS = new Map(Object.entries({
  "quick-add": lazily(async () => (await import("./components/quick-add.js")).QuickAdd),
  "task-menu": lazily(async () => (await import("./components/task-menu.js")).TaskMenu),
  "list-menu": lazily(async () => (await import("./components/list-menu.js")).ListMenu),
  due: lazily(async () => (await import("./components/due.js")).Due, "date-picker"),
  reschedule: lazily(async () => (await import("./components/reschedule.js")).Reschedule, "date-picker"),
  day: lazily(async () => (await import("./components/day.js")).Day, "date-picker"),
  move: lazily(async () => (await import("./components/move.js")).Move),
  recent: lazily(async () => (await import("./components/recent.js")).Recent),
  queue: lazily(async () => (await import("./components/queue.js")).Queue),
  palette: lazily(async () => (await import("./components/palette.js")).Palette, "palette"),
  keys: lazily(async () => (await import("./components/keys.js")).Keys, "palette"),
}));

const Welcome = lazily(async () => (await import("./views/welcome.js")).Welcome, "account");
const SignInAgain = lazily(async () => (await import("./components/sign-in-again.js")).SignInAgain, "account");
const Detail = lazily(async () => (await import("./components/detail.js")).Detail, "prose");
const BulkBar = lazily(async () => (await import("./components/bulk-bar.js")).BulkBar);
const Confirm = lazily(async () => (await import("./components/confirm.js")).Confirm);
const Conflict = lazily(async () => (await import("./components/conflict.js")).Conflict);

/** From the tasks being there until what can wait, in milliseconds. */
const CALM = 1000;

/** Addresses for people who are not signed in, */
const OUTSIDE = new Set(["sign-in", "sign-up"]);
/** and those that anybody may open, mostly by a link. */
const BY_LINK = new Set(["invite", "forgot-password", "reset-password", "verify-email"]);

function App() {
  const phase = session.value;
  const { view } = route.value;
  const isInside = phase === "in" || phase === "ended";
  useEffect(() => {
    if (isInside && OUTSIDE.has(view)) go("/inbox", { replace: true });
  }, [isInside, view]);
  if (phase === "starting") return null;
  if (!isInside || BY_LINK.has(view)) {
    const isKnown = OUTSIDE.has(view) || BY_LINK.has(view);
    return html`<${Welcome} view=${isKnown ? view : "sign-in"} />`;
  }
  return html`
    <${Shell} />
    ${phase === "ended" && html`<${SignInAgain} />`}`;
}

async function main() {
  await useLanguage(localStorage.getItem(LANGUAGE_SETTING), navigator.languages);
  document.documentElement.lang = language();
  const root = /** @type {Element} */ (document.getElementById("root"));
  render(html`<${App} />`, root);
  await start();
  await firstScreen();
  whenIdle(keepFiles);
}

/** Once the tasks are there: nothing that can wait is to be in their way. */
async function firstScreen() {
  await once(() => session.value !== "in" || isFilled.value);
  await new Promise((resolve) => setTimeout(resolve, CALM));
}

/** @param {() => void} act */
function whenIdle(act) {
  if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: 5000 });
  else setTimeout(act, 1000);
}


/* The frame: sidebar, the view, the panel of one task, toasts */

export function Shell() {
  useLayoutEffect(listenToKeys, []);
  const { view, path } = page.value;
  useEffect(() => setDrawer(false), [path]);
  useLayoutEffect(scrollBack, [path, isFilled.value]);
  useEffect(closeDrawerByBack, [drawerOpen.value]);
  const dialog = openDialog.value;
  const View = VIEWS.get(view) ?? TaskListView;
  const Open = DIALOGS.get(dialog?.name ?? "");
  const panel = route.value.view === "task" ? route.value.id : null;
  return html`
    <a class="skip" href="#main" onClick=${skip}>${t("page.skip")}</a>
    <div
      class="frame"
      data-sidebar=${sidebarOpen.value}
      data-drawer=${drawerOpen.value}
      data-panel=${panel !== null}
      style=${{ "--sidebar": `${sidebarWidth.value}px` }}
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
        <${View} key=${VIEWS.has(view) ? view : ""} />
        ${chosen.value.size > 0 && html`<${BulkBar} />`}
      </main>
      ${panel !== null && html`<${Detail} id=${panel} />`}
    </div>
    <${TabBar} view=${view} />
    ${Open && html`<${Open} key=${dialog?.name} ...${dialog?.props} onClose=${leaveDialog} />`}
    ${question.value !== null && html`<${Confirm} />`}
    ${conflicts.value.length > 0 && html`<${Conflict} key=${conflicts.value[0].op.uid} conflict=${conflicts.value[0]} />`}
    <${Connection} />
    <${Toast} />
    <div class="unseen" role="status">${whisper.value}</div>`;
}

/** As a dialog does, the drawer goes with Escape, and on a phone with Back, where the browser tells. */
function closeDrawerByBack() {
  if (!drawerOpen.peek() || !("CloseWatcher" in window)) return;
  const watcher = new (/** @type {any} */ (window).CloseWatcher)();
  watcher.onclose = () => setDrawer(false);
  return () => watcher.destroy();
}

/** @param {boolean} [failed] it could not be fetched; what else may come is an event */
function leaveDialog(failed) {
  if (failed === true) say("error.part", {}, { isError: true });
  closeDialog();
}

function listenToKeys() {
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    // Who presses Ctrl may press K next, and after Alt an arrow: then it is there.
    if (event.key === "Control" || event.key === "Meta") DIALOGS.get("palette")?.fetch().catch(() => {});
    if (event.key === "Alt") import("./state/acts.js").catch(() => {});
    onKey(event);
  };
  document.addEventListener("keydown", onKeyDown);
  return () => document.removeEventListener("keydown", onKeyDown);
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

/** @param {{ toast: import("./state/toasts.js").Toast }} props */
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

/* Where one can go: the views, the person's lists, the account */

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
      <${Edge} />
    </nav>`;
}

const initial = () => [...(person.value?.name ?? "")][0]?.toUpperCase() ?? "";

/**
 * @param {{
 *   view: "search" | "inbox" | "today" | "upcoming" | "all" | "completed" | "trash",
 *   icon: import("./lib/ui.js").IconName,
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

/** @param {{ list: import("./lib/types.js").List }} props */
function OwnList({ list }) {
  const isHere = page.value.view === "list" && page.value.id === list.id;
  const menu = (/** @type {Event} */ event) => showDialog("list-menu", { list, anchor: event.currentTarget });
  return html`
    <li class="nav__item" data-key=${list.id}>
      <a
        class="nav__link"
        draggable=${false}
        onPointerDown=${(/** @type {PointerEvent} */ event) => dragList(event, list)}
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

/** A finger scrolls; it has the menu. @param {PointerEvent} event @param {import("./lib/types.js").List} list */
function dragList(event, list) {
  if (event.pointerType === "mouse") drag(event, (rest, moved) => rest.dragList(event, moved, list));
}

/** Between the sidebar and the rest, to make it wider (ARIA's window splitter). */
function Edge() {
  const width = sidebarWidth.value;
  const [narrowest, widest] = SIDEBAR_WIDTHS;
  const onPointerMove = (/** @type {PointerEvent} */ event) => {
    const edge = /** @type {Element} */ (event.currentTarget);
    if (edge.hasPointerCapture(event.pointerId)) setSidebarWidth(event.clientX);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const to = { ArrowLeft: width - 10, ArrowRight: width + 10, Home: narrowest, End: widest }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setSidebarWidth(to);
  };
  return html`
    <div
      class="sidebar__edge"
      role="separator"
      tabindex="0"
      aria-orientation="vertical"
      aria-label=${t("sidebar.width")}
      aria-valuemin=${narrowest}
      aria-valuemax=${widest}
      aria-valuenow=${width}
      onPointerDown=${(/** @type {PointerEvent} */ event) => /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId)}
      onPointerMove=${onPointerMove}
      onKeyDown=${onKeyDown}
      onDblClick=${() => setSidebarWidth(null)}
    ></div>`;
}

const NEW_LIST = "list";

function NewList() {
  const typed = draft(NEW_LIST);
  const [isOpen, setOpen] = useState(typed !== null);
  const button = useRef(/** @type {HTMLElement | null} */ (null));
  const wasOpen = useRef(isOpen);
  useLayoutEffect(() => {
    if (wasOpen.current && document.activeElement === document.body) button.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);
  if (!isOpen) {
    return html`
      <button class="nav__link nav__add" type="button" ref=${button} onClick=${() => setOpen(true)}>
        <${Icon} name="plus" /><span class="nav__name">${t("list.add")}</span>
      </button>`;
  }
  const close = (/** @type {HTMLInputElement} */ field, /** @type {boolean} */ opensIt) => {
    const name = field.value.trim();
    field.value = "";
    keepDraft(NEW_LIST, null);
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
        value=${typed?.text ?? ""}
        onInput=${(/** @type {Event} */ event) => keepDraft(NEW_LIST, { text: /** @type {HTMLInputElement} */ (event.target).value })}
        onKeyDown=${onKeyDown}
        onBlur=${(/** @type {FocusEvent} */ event) => isLeft() && close(/** @type {HTMLInputElement} */ (event.currentTarget), false)}
      />
    </div>`;
}

/** @param {HTMLElement | null} element */
function focusAtOnce(element) {
  element?.focus();
}

main();
