/** Personal access tokens: for scripts and phones. */
import { html, useState } from "../../lib/ui.js";
import { Refused, request } from "../../lib/api.js";
import { t } from "../../lib/i18n.js";
import { dateTimeWords } from "../../state/moments.js";
import { Choice, Field, Form, FormError, reasonOf } from "../../components/form.js";
import { NotLoaded, useLoaded } from "../../components/loaded.js";
import { focusOnce } from "../../components/recovery-codes.js";

/**
 * @typedef {{ id: string, name: string, scopes: string[], expires_at: string | null,
 *   last_used_at: string | null, last_used_from: string | null }} AccessToken
 */

const BASE = "/api/me/tokens";
const READ = "tasks:read";
const BOTH = "tasks:read tasks:write";

export function Tokens() {
  const { data, error, again } = useLoaded(() => answered(request("GET", BASE)));
  const [made, setMade] = useState(/** @type {(AccessToken & { token: string }) | null} */ (null));
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState("");
  const make = async (/** @type {import("../../components/form.js").Values} */ { name, scopes, days }) => {
    const body = { name, scopes: scopes.split(" "), expires_at: inDays(Number(days)) };
    const outcome = await answered(request("POST", BASE, { body }));
    if (outcome.data !== null) setMade(outcome.data);
    await again();
    return outcome.error;
  };
  const revoke = async (/** @type {AccessToken} */ { id, name }) => {
    const outcome = await answered(request("DELETE", `${BASE}/${id}`));
    setProblem(outcome.error === null ? "" : reasonOf(outcome.error));
    if (outcome.error !== null) return;
    if (made?.id === id) setMade(null);
    await again();
    setSaid(t("tokens.revoked", { name }));
  };
  if (data === null) return error && html`<${NotLoaded} error=${error} again=${again} />`;
  return html`
    <p class="form__lead">${t("tokens.why")}</p>
    ${made && html`<${Made} key=${made.id} made=${made} />`}
    <ul class="entries">
      ${data.items.map((/** @type {AccessToken} */ one) => html`<${Line} key=${one.id} token=${one} onRevoke=${() => revoke(one)} />`)}
    </ul>
    <p role="status">${said}</p>
    <${FormError} text=${problem} />
    <h3>${t("tokens.new")}</h3>
    <${Form} act=${make} button=${t("tokens.make")}>
      <${Field} label=${t("tokens.name")} name="name" maxlength="100" autocomplete="off" hint=${t("tokens.name_hint")} />
      <${Choice}
        label=${t("tokens.scopes")}
        name="scopes"
        options=${[[BOTH, t("tokens.both")], [READ, t("tokens.read")]]}
        chosen=${BOTH}
      />
      <${Choice}
        label=${t("tokens.ends")}
        name="days"
        options=${[["0", t("tokens.never")], ...[30, 90, 365].map((count) => [String(count), t("tokens.in_days", { count })])]}
        chosen="0"
      />
    </${Form}>`;
}

/** The token's text, shown this once. @param {{ made: AccessToken & { token: string } }} props */
function Made({ made: { name, token } }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    await navigator.clipboard.writeText(token);
    setSaid(t("settings.copied"));
  };
  return html`
    <section class="made">
      <h3 tabindex="-1" ref=${focusOnce}>${t("tokens.made", { name })}</h3>
      <p class="form__lead">${t("tokens.made_why")}</p>
      <p class="made__token"><code>${token}</code></p>
      <button class="button" type="button" onClick=${copy}>${t("settings.copy")}</button>
      <p role="status">${said}</p>
    </section>`;
}

/** @param {{ token: AccessToken, onRevoke: () => void }} props */
function Line({ token: { name, scopes, expires_at, last_used_at, last_used_from }, onRevoke }) {
  const may = t(scopes.includes("tasks:write") ? "tokens.both" : "tokens.read");
  const ends = expires_at === null ? "" : t("tokens.ends_at", { time: dateTimeWords(new Date(expires_at)) });
  const used =
    last_used_at === null
      ? t("tokens.unused")
      : t("tokens.used", { time: dateTimeWords(new Date(last_used_at)), from: last_used_from ?? "" });
  return html`
    <li class="entry">
      <div class="entry__text">
        <strong>${name}</strong>
        <p class="entry__more">${[may, ends, used].filter(Boolean).join(" · ")}</p>
      </div>
      <button class="button" type="button" aria-label=${`${t("tokens.revoke")}: ${name}`} onClick=${onRevoke}>
        ${t("tokens.revoke")}
      </button>
    </li>`;
}

/** The outcome of a request as forms take it. @param {Promise<any>} asked */
async function answered(asked) {
  try {
    return { data: await asked, error: null };
  } catch (error) {
    return { data: null, error: error instanceof Refused ? error : { status: 0 } };
  }
}

/** @param {number} days none: never */
const inDays = (days) => (days === 0 ? null : new Date(Date.now() + days * 86_400_000).toISOString());
