/**
 * Slowness on demand, to find what only works when it is quick: with `SLOW=4`
 * each page has a processor four times as slow, and what it asks of the API
 * takes its time at random, on the way there and on the way back.
 */

const SLOW = Number(process.env.SLOW ?? 0);
/** At most, in milliseconds, for each way. */
const LATE = 250;

const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * LATE));

/** @param {import("playwright-core").BrowserContext} context */
export async function slowDown(context) {
  if (SLOW === 0) return;
  context.on("page", async (page) => {
    const session = await context.newCDPSession(page).catch(() => null);
    await session?.send("Emulation.setCPUThrottlingRate", { rate: SLOW }).catch(() => {});
  });
  let isOffline = false;
  const setOffline = context.setOffline.bind(context);
  context.setOffline = (is) => setOffline((isOffline = is));
  await context.route(/\/api\/(?!events)/, async (route) => {
    await pause();
    const answer = isOffline ? null : await route.fetch().catch(() => null);
    if (answer !== null) await pause();
    const done = answer === null ? route.continue() : route.fulfill({ response: answer });
    // A page that went away takes no answer.
    await done.catch(() => {});
  });
}
