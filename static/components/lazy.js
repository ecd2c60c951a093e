/** Views and dialogs that are fetched when they are first shown. */
import { html, useEffect, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { say } from "../state/toasts.js";

/** Style sheets that only some parts need. @type {Map<string, Promise<void>>} */
const styles = new Map();

/** @param {string} name of a file in `styles/` */
function style(name) {
  const asked = styles.get(name) ?? new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = `/styles/${name}.css`;
    link.onload = link.onerror = () => resolve();
    document.head.append(link);
  });
  styles.set(name, asked);
  return asked;
}

/** @typedef {() => Promise<(props: any) => any>} Fetch */

/** @type {Record<string, Fetch>} */
const PARTS = {
  welcome: async () => {
    const [{ Welcome }] = await Promise.all([import("../views/welcome.js"), style("account")]);
    return Welcome;
  },
  "sign-in-again": async () => {
    const [{ SignInAgain }] = await Promise.all([import("./sign-in-again.js"), style("account")]);
    return SignInAgain;
  },
  settings: async () => {
    const [{ Settings }] = await Promise.all([import("../views/settings.js"), style("account"), style("settings")]);
    return Settings;
  },
  "settings/profile": async () => (await import("../views/settings/profile.js")).Profile,
  "settings/security": async () => (await import("../views/settings/security.js")).Security,
  "settings/tokens": async () => (await import("../views/settings/tokens.js")).Tokens,
  "settings/devices": async () => (await import("../views/settings/devices.js")).Devices,
  "settings/activity": async () => (await import("../views/settings/activity.js")).Activity,
  "settings/appearance": async () => (await import("../views/settings/appearance.js")).Appearance,
  "settings/data": async () => (await import("../views/settings/data.js")).Data,
  completed: async () => (await import("../views/completed.js")).Completed,
  trash: async () => (await import("../views/trash.js")).Trash,
  search: async () => (await import("../views/search.js")).Search,
  detail: async () => {
    const [{ Detail }] = await Promise.all([import("./detail.js"), style("prose")]);
    return Detail;
  },
  "task-menu": async () => (await import("./task-menu.js")).TaskMenu,
  "list-menu": async () => (await import("./list-menu.js")).ListMenu,
  due: async () => {
    const [{ Due }] = await Promise.all([import("./due.js"), style("date-picker")]);
    return Due;
  },
  reschedule: async () => {
    const [{ Reschedule }] = await Promise.all([import("./reschedule.js"), style("date-picker")]);
    return Reschedule;
  },
  week: async () => {
    const [{ WeekStrip }] = await Promise.all([import("./week-strip.js"), style("week")]);
    return WeekStrip;
  },
  day: async () => {
    const [{ Day }] = await Promise.all([import("./day.js"), style("date-picker")]);
    return Day;
  },
  move: async () => (await import("./move.js")).Move,
  "bulk-bar": async () => (await import("./bulk-bar.js")).BulkBar,
  confirm: async () => (await import("./confirm.js")).Confirm,
  conflict: async () => (await import("./conflict.js")).Conflict,
  queue: async () => (await import("./queue.js")).Queue,
  palette: async () => {
    const [{ Palette }] = await Promise.all([import("./palette.js"), style("palette")]);
    return Palette;
  },
  keys: async () => {
    const [{ Keys }] = await Promise.all([import("./keys.js"), style("palette")]);
    return Keys;
  },
  "quick-add": async () => (await import("./quick-add.js")).QuickAdd,
};

/** @type {Map<string, (props: any) => any>} */
const fetched = new Map();

/**
 * One of them by name; what else is given goes to it.
 *
 * @param {{ name: string, onClose?: () => void, [rest: string]: unknown }} props
 */
export function Lazy({ name, ...rest }) {
  const [, drawAgain] = useState(0);
  const [failed, setFailed] = useState(false);
  const Part = fetched.get(name);
  useEffect(() => {
    if (Part !== undefined) return;
    // It may have come since: then this draws it.
    PARTS[name]().then(
      (part) => {
        fetched.set(name, part);
        drawAgain((count) => count + 1);
      },
      () => {
        setFailed(true);
        if (rest.onClose === undefined) return;
        say("error.part", {}, { isError: true });
        rest.onClose();
      },
    );
  }, [name]);
  if (Part !== undefined) return html`<${Part} ...${rest} />`;
  return failed && html`<p class="notice" role="alert">${t("error.part")}</p>`;
}

/** Fetches a part before it is needed. @param {string} name */
export async function prefetch(name) {
  if (!fetched.has(name)) fetched.set(name, await PARTS[name]());
}
