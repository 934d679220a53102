/**
 * Marks a promise whose failure is told by a later `await`: until then nobody listens, and Node would end the process. This is
 * the one place that may let a failure pass unseen; it is seen where the same promise is awaited.
 */
export function toldLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
