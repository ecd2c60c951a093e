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
