/** What happened to the account, latest first. */
import { html, useEffect, useRef, useState } from "../../lib/ui.js";
import { Refused, request } from "../../lib/api.js";
import { t } from "../../lib/i18n.js";
import { dateTimeWords } from "../../state/moments.js";
import { FormError } from "../../components/form.js";
import { deviceWords } from "./devices.js";

/**
 * @typedef {{ at: string, kind: string, address: string | null, user_agent: string | null,
 *   origin: "web" | "api" | "cli", count: number }} Entry
 * @typedef {{ items: Entry[], next: string | null }} Pages what was fetched so far
 */

const PAGE = 30;

export function Activity() {
  const [{ items, next }, setPages] = useState(/** @type {Pages} */ ({ items: [], next: "" }));
  const [problem, setProblem] = useState("");
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const more = async () => {
    try {
      const page = await request("GET", `/api/me/activity?limit=${PAGE}${next && `&cursor=${encodeURIComponent(next)}`}`);
      setPages({ items: [...items, ...page.items], next: page.next_cursor });
      setProblem("");
      return true;
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : t("error.unreachable"));
      return false;
    }
  };
  useEffect(() => void more(), []);
  const showMore = async () => {
    const first = items.length;
    // The button may be gone by then: what it brought has the focus.
    if (await more()) requestAnimationFrame(() => /** @type {HTMLElement} */ (list.current?.children[first])?.focus());
  };
  return html`
    <p class="form__lead">${t("settings.activity_why")}</p>
    <ol class="entries" ref=${list}>
      ${items.map((entry, index) => html`<${Line} key=${index} entry=${entry} />`)}
    </ol>
    <${FormError} text=${problem} />
    ${next !== null &&
    (items.length > 0 || problem !== "") &&
    html`<button class="button" type="button" onClick=${showMore}>${t("settings.activity_more")}</button>`}`;
}

/** @param {{ entry: Entry }} props */
function Line({ entry: { at, kind, address, user_agent, origin, count } }) {
  const from = origin === "cli" ? t("settings.by_owner") : deviceWords(user_agent ?? "");
  const times = count > 1 ? t("settings.times", { count }) : "";
  return html`
    <li class="entry" tabindex="-1">
      <div class="entry__text">
        <strong class="entry__kind" data-failed=${kind.endsWith("_failed")}>${kindWords(kind)}</strong> ${times}
        <p class="entry__more">${[from, address].filter(Boolean).join(" · ")}</p>
      </div>
      <time class="entry__time" datetime=${at}>${dateTimeWords(new Date(at))}</time>
    </li>`;
}

const KINDS = /** @type {const} */ ([
  ...["signed_up", "sign_up_refused", "account_added", "signed_in", "sign_in_failed", "second_factor_failed"],
  ...["password_failed", "signed_out", "sessions_ended", "reset_requested", "password_changed", "email_changed"],
  ...["two_factor_enabled", "two_factor_disabled", "recovery_codes_renewed", "account_disabled"],
  ...["account_enabled", "token_issued", "access_token_made", "access_token_revoked", "imported"],
]);

/** A kind of a later version is called what the server calls it. @param {string} kind */
function kindWords(kind) {
  const known = KINDS.find((one) => one === kind);
  return known === undefined ? kind.replaceAll("_", " ") : t(`activity.${known}`);
}
