/** How long a wait in a test may take before it fails: only to end a hang, ten times what it needs on a slow and busy machine. */
export const waitLimitMs = 300_000;

/**
 * The promise's value, or a failure that says what was waited for once the limit has passed.
 * `what` completes "waited 300 s for ..."; `seen` is asked at the end, for the facts that explain it.
 */
export async function within<T>(promise: Promise<T>, what: string, seen: () => string = () => ""): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const facts = seen();
      reject(new Error(`waited ${waitLimitMs / 1000} s for ${what}${facts === "" ? "" : `\n${facts}`}`));
    }, waitLimitMs);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
