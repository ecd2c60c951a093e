/** What is fetched when it is shown. */
import { html, useEffect, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { reasonOf } from "./form.js";

/**
 * Fetches once, and again when it is asked to; a newer answer wins over an older.
 *
 * @template T
 * @param {() => Promise<{ data: T | null, error: import("./form.js").AccountError | null }>} load
 * @returns {{ data: T | null, error: import("./form.js").AccountError | null, again: () => Promise<void> }}
 */
export function useLoaded(load) {
  const [{ data, error }, setState] = useState(/** @type {Awaited<ReturnType<typeof load>>} */ ({ data: null, error: null }));
  const again = async () => {
    const outcome = await load().catch(() => ({ data: null, error: { status: 0 } }));
    setState((before) => ({ data: outcome.data ?? before.data, error: outcome.error }));
  };
  useEffect(() => void again(), []);
  return { data, error, again };
}

/** Says why there is nothing, and tries again. */
/** @param {{ error: import("./form.js").AccountError, again: () => void }} props */
export function NotLoaded({ error, again }) {
  return html`
    <div role="alert"><p class="form__error">${reasonOf(error)}</p></div>
    <button class="button" type="button" onClick=${again}>${t("page.try_again")}</button>`;
}
