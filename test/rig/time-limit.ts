/** How long a wait in a test may take before it fails. Far above what it needs on a busy machine: no test asserts a duration. */
export const waitLimitMs = 45_000;

/**
 * The promise's value, or a failure that says what was waited for once the limit has passed.
 * `what` completes "waited 45 s for ..."; `seen` is asked at the end, for the facts that explain it.
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
