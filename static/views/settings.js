/** The person's account, and how the page looks on this device. */
import { html, Icon, lazily, useEffect, useLayoutEffect, useRef } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { SETTINGS, route } from "../lib/router.js";
import { person, signOut } from "../state/session.js";
import { say } from "../state/toasts.js";

/** @typedef {typeof SETTINGS[number]} Section */

/** @type {Record<Section, (props: any) => any>} */
const SECTIONS = {
  profile: lazily(async () => (await import("./settings/profile.js")).Profile),
  security: lazily(async () => (await import("./settings/security.js")).Security),
  tokens: lazily(async () => (await import("./settings/tokens.js")).Tokens),
  devices: lazily(async () => (await import("./settings/devices.js")).Devices),
  activity: lazily(async () => (await import("./settings/activity.js")).Activity),
  appearance: lazily(async () => (await import("./settings/appearance.js")).Appearance),
  data: lazily(async () => (await import("./settings/data.js")).Data),
};

/** On a phone the list of sections is a page of its own; else the first is open beside it. */
export function Settings() {
  const { id } = route.value;
  const section = SETTINGS.find((one) => one === id) ?? "profile";
  const title = t(`settings.${section}`);
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const before = useRef(id);
  useEffect(() => {
    document.title = `${title} · ${t("settings.title")} · ${t("page.name")}`;
  }, [title]);
  useLayoutEffect(() => {
    if (before.current !== id) heading.current?.focus();
    before.current = id;
  }, [id]);
  return html`
    <div class="view settings" data-index=${id === ""}>
      <header class="view__header"><h1>${t("settings.title")}</h1></header>
      <div class="settings__columns">
        <${Sections} section=${section} isIndex=${id === ""} />
        <section class="settings__section" aria-labelledby="section">
          <a class="settings__back" href="/settings"><${Icon} name="back" />${t("settings.title")}</a>
          <h2 id="section" tabindex="-1" ref=${heading}>${title}</h2>
          <${SECTIONS[section]} key=${section} />
        </section>
      </div>
    </div>`;
}

/** @param {{ section: Section, isIndex: boolean }} props */
function Sections({ section, isIndex }) {
  const leave = () => signOut().catch(() => say("error.unreachable", {}, { isError: true }));
  return html`
    <nav class="settings__nav" aria-label=${t("settings.title")}>
      <p class="settings__person">
        <strong>${person.value?.name}</strong><br /><span class="muted">${person.value?.email}</span>
      </p>
      <ul class="nav">
        ${SETTINGS.map(
          (one) => html`
            <li key=${one}>
              <a class="nav__link" href=${`/settings/${one}`} aria-current=${one === section ? "page" : undefined} data-index=${isIndex}>
                <span class="nav__name">${t(`settings.${one}`)}</span><${Icon} name="chevron" />
              </a>
            </li>`,
        )}
      </ul>
      <button class="button settings__leave" type="button" onClick=${leave}>${t("account.sign_out")}</button>
    </nav>`;
}
