//# allFunctionsCalledOnLoad
/**
 * What components are made of: Preact, htm and signals, under one name that
 * outlives their versions, the icons, and parts that come when they are needed.
 */
import { effect, html, useEffect, useState } from "../vendor/preact-23972306b7.js";
import { t } from "./i18n.js";

export * from "../vendor/preact-23972306b7.js";

/** Line icons, 20 by 20, in the colour of the text around them. */
const PATHS = {
  inbox: "M3 11.5 5 4.5h10l2 7v4H3zM3 11.5h4a3 3 0 0 0 6 0h4",
  today: "M4 5h12v11.5H4zM4 8.5h12M7 3v3M13 3v3",
  upcoming: "M4 5h12v11.5H4zM4 8.5h12M7 3v3M13 3v3M7 11.5h.01M10 11.5h.01M13 11.5h.01M7 14h.01M10 14h.01",
  all: "M4 5h12M4 10h12M4 15h8",
  completed: "M10 17.2a7.2 7.2 0 1 0 0-14.4 7.2 7.2 0 0 0 0 14.4zM6.8 10.2l2.2 2.2 4.2-4.6",
  trash: "M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4",
  plus: "M10 4v12M4 10h12",
  check: "M5 10.5l3.2 3.2 7-7.4",
  edit: "M4 16l.8-3.4L13 4.4a1.6 1.6 0 0 1 2.3 0l.3.3a1.6 1.6 0 0 1 0 2.3l-8.2 8.2z",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  sidebar: "M3.5 4.5h13v11h-13zM8 4.5v11",
  close: "M5 5l10 10M15 5L5 15",
  settings:
    "M10 12.4a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8zM10 2.8v2.4M10 14.8v2.4M2.8 10h2.4M14.8 10h2.4M4.9 4.9l1.7 1.7M13.4 13.4l1.7 1.7M4.9 15.1l1.7-1.7M13.4 6.6l1.7-1.7",
  leave: "M8 4H4v12h4M12.5 6.5 16 10l-3.5 3.5M16 10H8",
  chevron: "M7.5 5l5 5-5 5",
  back: "M12.5 5l-5 5 5 5",
  down: "M5 7.5l5 5 5-5",
  flag: "M5 17V3.5h9.5L12.5 7l2 3.5H5",
  move: "M3 6h6l1.5 2H17v7.5H3zM8 12h5M11 10l2 2-2 2",
  grip: "M8 5h.01M12 5h.01M8 10h.01M12 10h.01M8 15h.01M12 15h.01",
  up: "M5 12.5l5-5 5 5",
  note: "M4.5 6h11M4.5 10h11M4.5 14h6.5",
  list: "M5 5.5h.01M8 5.5h8M5 10h.01M8 10h8M5 14.5h.01M8 14.5h8",
  undo: "M7.5 4.5 4 8l3.5 3.5M4 8h7.5a4 4 0 0 1 0 8H8",
  offline: "M3 3l14 14M6.5 8.2A6 6 0 0 1 10 7c1 0 2 .2 2.8.6M4 5.7a11 11 0 0 0-1.5 1M8.2 12.5a3 3 0 0 1 3.6 0M10 15.5h.01M15 9.5a7 7 0 0 1 .8.7",
};

/** Those made of dots, which need a thicker line. */
const DOTS = new Set(["more", "grip"]);

/** @typedef {keyof typeof PATHS} IconName */

/** A button that is an icon only, with its name. */
/** @param {{ icon: IconName, label: string, [rest: string]: unknown }} props */
export function IconButton({ icon, label, class: more = "", ...rest }) {
  return html`
    <button class=${`icon-button ${more}`} type="button" aria-label=${label} title=${label} ...${rest}>
      <${Icon} name=${icon} />
    </button>`;
}

/** @param {{ name: IconName }} props */
export function Icon({ name }) {
  return html`<svg class=${DOTS.has(name) ? "icon icon--dots" : "icon"} viewBox="0 0 20 20" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
}

/** Resolves once this holds, of the signals that it reads. @param {() => boolean} holds @returns {Promise<void>} */
export function once(holds) {
  return new Promise((resolve) => {
    const end = effect(() => {
      if (!holds()) return;
      resolve();
      queueMicrotask(() => end());
    });
  });
}

/* Parts that are fetched when they are first shown */

/**
 * A component that is fetched when it is first shown, with the style sheets it
 * needs. `fetch` has it come before. One that cannot be had says so in its
 * place, or closes: then `onClose` is told `true`.
 *
 * @param {() => Promise<(props: any) => any>} find
 * @param {string[]} sheets files in `styles/`, without their ending
 */
export function lazily(find, ...sheets) {
  /** @type {((props: any) => any) | undefined} */
  let Part;
  const fetch = async () => {
    const [found] = await Promise.all([find(), ...sheets.map(style)]);
    Part = found;
  };
  /** @param {{ onClose?: (failed?: boolean) => void, [rest: string]: unknown }} props */
  function Lazy(props) {
    const [failed, setFailed] = useState(/** @type {boolean | undefined} */ (undefined));
    useEffect(() => {
      if (Part !== undefined) return;
      const fail = () => {
        setFailed(true);
        props.onClose?.(true);
      };
      fetch().then(() => setFailed(false), fail);
    }, []);
    // It may have come by another way since.
    if (Part !== undefined) return html`<${Part} ...${props} />`;
    return failed && html`<p class="notice" role="alert">${t("error.part")}</p>`;
  }
  return Object.assign(Lazy, { fetch });
}

/** Style sheets that only some parts need. @type {Map<string, Promise<void>>} */
const styles = new Map();

/** @param {string} name */
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
