/** Every wait is for a condition; a busy machine may take its time, in milliseconds. */
export const PATIENCE = 45_000;

/** Asks again and again until what comes is right. */
export async function until(ask, check, patience = PATIENCE) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await ask();
    try {
      return check(found);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
