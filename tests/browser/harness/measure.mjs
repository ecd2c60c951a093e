/** What loading the page costs, as Chromium itself counts it. */

/**
 * Loads an address with nothing in the cache, until the page has shown its
 * tasks and asks for nothing more.
 */
export async function firstLoad(page, address) {
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Network.clearBrowserCache");
  const asked = new Map();
  client.on("Network.requestWillBeSent", ({ requestId, request }) => asked.set(requestId, { url: request.url, bytes: 0 }));
  client.on("Network.dataReceived", ({ requestId, encodedDataLength }) => add(asked, requestId, encodedDataLength));
  client.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (asked.has(requestId)) asked.get(requestId).bytes = encodedDataLength;
  });
  await page.goto(address);
  await page.locator(".row__title").first().waitFor();
  await quiet(asked);
  const all = [...asked.values()];
  return {
    requests: all.length,
    bytes: all.reduce((sum, one) => sum + one.bytes, 0),
    addresses: all.map((one) => `${one.bytes} ${one.url}`),
  };
}

function add(asked, id, bytes) {
  const one = asked.get(id);
  if (one !== undefined) one.bytes += bytes;
}

/** Until no request has come for a second: the stream of events never ends. */
async function quiet(asked) {
  for (let before = -1; before !== asked.size; ) {
    before = asked.size;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** Milliseconds from the start until rows are painted and the page is at rest. */
export async function interactive(page, address) {
  await page.addInitScript(() => {
    window.busyUntil = 0;
    const note = (list) => list.getEntries().forEach((one) => (window.busyUntil = one.startTime + one.duration));
    new PerformanceObserver(note).observe({ type: "longtask", buffered: true });
    const look = () => {
      if (document.querySelector(".row__title") === null) return requestAnimationFrame(look);
      window.paintedAt = performance.now();
    };
    requestAnimationFrame(look);
  });
  await page.goto(address);
  await page.waitForFunction(() => window.paintedAt !== undefined);
  await page.waitForFunction(() => performance.now() - Math.max(window.busyUntil, window.paintedAt) > 1000);
  const end = await page.evaluate(() => Math.max(window.busyUntil, window.paintedAt));
  await page.context().close();
  return end;
}

/** Milliseconds from a key or a click to the end of the frame that shows what it did. */
export async function reaction(page, act, shows) {
  // As a text: the page's CSP lets nothing be made into a function there.
  await page.evaluate(`window.isShown = ${shows}`);
  await page.evaluate(() => {
    window.countNow = () => document.querySelector(".sidebar .nav__count")?.textContent;
    window.focusedBefore = document.activeElement;
    window.rowBefore = document.activeElement.closest(".row");
    window.countBefore = window.countNow();
    window.took = undefined;
    const begin = (event) => {
      if (event.key === "Shift") return;
      const look = () => {
        if (!window.isShown()) return requestAnimationFrame(look);
        // A message comes after the frame has been painted.
        const painted = new MessageChannel();
        painted.port1.onmessage = () => (window.took = performance.now() - event.timeStamp);
        painted.port2.postMessage(null);
      };
      requestAnimationFrame(look);
    };
    document.addEventListener("keydown", begin, { capture: true, once: true });
  });
  await act(page);
  const took = await page.waitForFunction(() => window.took);
  return took.jsonValue();
}
