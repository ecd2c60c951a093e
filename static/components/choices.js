/** One of a few, chosen by radio buttons. */
import { html, useId } from "../lib/ui.js";

/**
 * @template {string} T
 * @param {{ legend: string, options: readonly (readonly [T, string])[], chosen: T, onChoose: (value: T) => void }} props
 */
export function Choices({ legend, options, chosen, onChoose }) {
  const name = useId();
  return html`
    <fieldset class="choices">
      <legend>${legend}</legend>
      ${options.map(
        ([value, label]) => html`
          <label class="choice" key=${value}>
            <input type="radio" name=${name} checked=${chosen === value} onChange=${() => onChoose(value)} />
            ${label}
          </label>`,
      )}
    </fieldset>`;
}
