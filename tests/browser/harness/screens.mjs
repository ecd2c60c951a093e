/** Every screen of the page and every dialog over it, with something on it. */
import { PASSWORD } from "./person.mjs";

const NOTES = "To **Mrs Hudson**\n\n- [x] ask\n- [ ] pay\n\n| a | b |\n| - | - |\n| `1` | [two](https://example.org/) |\n";

/** Gives somebody a life. Returns what the screens need to know of it. */
export async function furnish(person) {
  const day = (from) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);
  const [home, work, garden] = [
    await person.addList("Home"),
    await person.addList("Work"),
    await person.addList("A garden with a name that is rather long"),
  ];
  const rent = await person.add("Pay rent", { due: day(0), priority: 1, description: NOTES, list_id: home.id });
  await person.add("Renew the passport", { due: day(-3), priority: 2, list_id: home.id });
  await person.add("Draft the talk for the spring conference", { due: `${day(1)}T14:00`, priority: 3, list_id: work.id });
  await person.add("Book a table for Friday", { due: day(2) });
  await person.add("Read the chapter on B-trees", { due: day(5), list_id: work.id });
  await person.add("Water the plants", { due: day(0), list_id: garden.id });
  await person.add("Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen ".repeat(3).trim());
  await person.add("Call Grace back");
  for (const title of ["Cancel the old contract", "Feed the cat"]) {
    await person.change(await person.add(title), { completed: true });
  }
  const gone = await person.add("A thought that did not last");
  await person.api("DELETE", `/api/tasks/${gone.id}`);
  await person.signInElsewhere();
  return { person, rent, garden };
}

/** For somebody who is signed in: a name, an address, what to do there, and what to put right afterwards. */
export const screens = ({ rent, garden }) => [
  ["inbox", "/inbox"],
  ["today", "/today"],
  ["upcoming", "/upcoming"],
  ["all", "/all"],
  ["completed", "/completed", (tab) => tab.row("Feed the cat").waitFor()],
  ["trash", "/trash", (tab) => tab.button("Restore “A thought that did not last”").waitFor()],
  ["search", "/search?q=the"],
  ["list", `/lists/${garden.id}`],
  ["missing list", "/lists/00000000-0000-7000-8000-000000000000"],
  ["task", `/tasks/${rent.id}`, (tab) => tab.panel().locator("table").waitFor()],
  ...["profile", "security", "devices", "activity", "tokens", "appearance", "data"].map((section) => [
    `settings: ${section}`,
    `/settings/${section}`,
    (tab) => tab.page.locator("#section ~ *").first().waitFor(),
  ]),
  ["another day of Upcoming", "/upcoming?day=2031-05-17", (tab) => tab.page.locator(".week__day").first().waitFor()],
  ["two-factor set-up", "/settings/security", async (tab) => {
    await tab.button("Turn on").click();
    await tab.page.getByRole("textbox", { name: "Password" }).last().fill(PASSWORD);
    await tab.press("Enter");
    await tab.page.getByRole("img", { name: /QR code/ }).waitFor();
  }],
];

/** What comes over them, or into a row, described in the same way. */
export const overlays = ({ person, rent, garden }) => [
  ["quick add", "/inbox", (tab) => opened(tab, ["q"], "Buy paint tomorrow p1 #Home")],
  ["date", "/inbox", (tab) => opened(tab, ["j", "t"])],
  ["move", "/inbox", (tab) => opened(tab, ["j", "v"])],
  ["menu", "/inbox", (tab) => opened(tab, ["j", "."])],
  ["palette", "/inbox", (tab) => opened(tab, ["ControlOrMeta+k"], "go")],
  ["keys", "/inbox", (tab) => opened(tab, ["?"])],
  ["selection", "/inbox", async (tab) => {
    await pressed(tab, "j", "x");
    await tab.page.getByRole("toolbar").waitFor();
  }],
  ["edit in place", "/inbox", async (tab) => {
    await pressed(tab, "j", "Enter");
    await tab.page.getByRole("textbox", { name: "Title" }).waitFor();
  }],
  ["go to a day", "/upcoming", async (tab) => {
    await tab.page.getByRole("button", { name: /choose a day$/ }).click();
    await tab.page.getByRole("dialog").waitFor();
  }],
  ["reschedule", "/today", async (tab) => {
    await tab.button("Reschedule all").click();
    await tab.page.getByRole("dialog").waitFor();
  }],
  ["menu of a list", `/lists/${garden.id}`, async (tab) => {
    await tab.page.getByRole("main").getByRole("button", { name: /^More for the list/ }).click();
    await tab.page.getByRole("menu").waitFor();
  }],
  ["rename a list", `/lists/${garden.id}`, async (tab) => {
    await tab.heading(garden.name).dblclick();
    await tab.page.getByRole("textbox", { name: "Name of the list" }).waitFor();
  }],
  ["edit the description", `/tasks/${rent.id}`, async (tab) => {
    await tab.button("Edit the description").click();
    await tab.page.getByRole("textbox", { name: "Description" }).waitFor();
  }],
  ["confirm", "/trash", async (tab) => {
    await tab.button("Empty the trash").click();
    await tab.page.getByRole("dialog").waitFor();
  }],
  ["recent changes", "/inbox", async (tab) => {
    await tab.add("Sew on a button");
    await tab.tick("Call Grace back").click();
    await opened(tab, ["ControlOrMeta+k"], "recent changes");
    await tab.press("Enter");
    await tab.page.getByRole("dialog", { name: "Recent changes" }).waitFor();
  }, async (tab) => {
    await tab.button("Undo to here: Added “Sew on a button”").click();
    await tab.press("Escape");
  }],
  ["conflict", "/inbox", (tab) => clash(tab, person), async (tab) => {
    await tab.page.getByRole("radio", { name: /From elsewhere/ }).check();
    await tab.button("Keep these").click();
  }],
  ["offline", "/inbox", async (tab) => {
    await tab.row("Call Grace back").waitFor();
    await tab.hasItsFiles();
    await tab.page.context().setOffline(true);
    await tab.add("Written on the train");
    await badge(tab).waitFor();
  }, online],
  ["what waits", "/inbox", async (tab) => {
    await tab.row("Call Grace back").waitFor();
    await tab.hasItsFiles();
    await tab.page.context().setOffline(true);
    await tab.add("Written on the train");
    await badge(tab).click();
    await tab.page.getByRole("dialog").waitFor();
  }, online],
  ["done", "/inbox", async (tab) => {
    await pressed(tab, "j", "e");
    await tab.toast().waitFor();
    await pressed(tab, "z");
  }],
  ["sign in again", "about:blank", async (tab) => {
    await tab.page.route("**/api/auth/get-session", (route) => route.fulfill({ json: null }));
    await tab.page.route("**/api/auth/token", (route) => route.fulfill({ status: 401 }));
    await tab.page.goto("/inbox");
    await tab.page.getByRole("dialog", { name: "Sign in again" }).getByLabel("Password").waitFor();
  }, (tab) => tab.page.unrouteAll()],
];

/** For strangers. */
export const doors = [
  ["sign-in", "/sign-in"],
  ["sign-up", "/sign-up"],
  ["forgot password", "/forgot-password"],
  ["reset password", "/reset-password?token=none"],
];

/** Shows one of them to somebody who looks. */
export async function show(tab, [, address, act, putRight], look) {
  await tab.page.goto(address);
  if (address !== "about:blank") await tab.page.getByRole("heading", { level: 1 }).first().waitFor();
  await tab.page.evaluate(() => document.fonts.ready);
  await act?.(tab);
  await look(tab.page);
  await putRight?.(tab);
}

const badge = (tab) => tab.page.getByRole("button", { name: /^Offline · \d waiting$/ });
const online = (tab) => tab.page.context().setOffline(false);

/** Changes a task here and elsewhere at the same time. */
async function clash(tab, person) {
  const task = await person.add("Meet Grace");
  await tab.focusRow("Meet Grace");
  await tab.press("Enter");
  await tab.page.getByRole("textbox", { name: "Title" }).fill("Meet Grace at noon");
  await person.change(task, { title: "Meet Grace at one", due: "2031-05-17" });
  await tab.press("Enter");
  await tab.page.getByRole("dialog", { name: "Changed in two places" }).waitFor();
  await person.api("DELETE", `/api/tasks/${task.id}`);
}

async function opened(tab, keys, text = "") {
  await pressed(tab, ...keys);
  await tab.page.getByRole("dialog").waitFor();
  if (text !== "") await tab.page.keyboard.type(text);
}

/** The keys come after the page is drawn, and act on rows that are there. */
async function pressed(tab, ...keys) {
  await tab.page.locator(".row").first().waitFor();
  await tab.press(...keys);
}
