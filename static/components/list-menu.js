/** What can be done with a list of one's own. */
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { go, page } from "../lib/router.js";
import { moveListBy } from "../state/acts.js";
import { startRenaming } from "../state/device.js";
import { deleteList } from "../state/tasks.js";
import { Menu } from "./menu.js";

/** @param {{ list: import("../lib/types.js").List, anchor?: Element, onClose: () => void }} props */
export function ListMenu({ list, anchor, onClose }) {
  const rename = () => {
    go(`/lists/${list.id}`);
    startRenaming(list.id);
  };
  const remove = () => {
    deleteList(list);
    if (page.peek().id === list.id) go("/inbox");
  };
  /** @type {(import("./menu.js").Item | null)[]} */
  const items = [
    { id: "rename", label: t("list.rename"), icon: "edit", run: rename },
    { id: "up", label: t("command.move_up"), icon: "up", run: () => moveListBy(list, -1) },
    { id: "down", label: t("command.move_down"), icon: "down", run: () => moveListBy(list, 1) },
    null,
    { id: "delete", label: t("list.delete"), icon: "trash", isDanger: true, run: remove },
  ];
  return html`<${Menu} label=${t("list.menu", { name: list.name })} anchor=${anchor} items=${items} onClose=${onClose} />`;
}
