/** With the pointer, from a handle to a height of something else. */
export async function drag(tab, handle, target, height = 0.5) {
  await handle.hover({ force: true });
  await tab.page.mouse.down();
  const box = await target.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height * height];
  await tab.page.mouse.move(x, y + 3);
  await tab.page.mouse.move(x, y, { steps: 3 });
  await tab.page.mouse.up();
}
