/** What a new account begins with: three tasks that teach, and can be ticked off. */
import { t } from "../lib/i18n.js";
import { today } from "./device.js";
import { addQuietly } from "./tasks.js";

export function addSamples() {
  addQuietly([
    { title: t("sample.add"), description: t("sample.add_note"), due: today.value, priority: 2 },
    { title: t("sample.complete"), description: t("sample.complete_note") },
    { title: t("sample.keys"), description: t("sample.keys_note") },
  ]);
}
