/** A signal that is aborted with another one, or when the time is over. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  readonly isOver: () => boolean;
  release(): void;
}

/** @param timeoutMs undefined: without limit */
export function withTimeLimit(other: AbortSignal, timeoutMs: number | undefined): TimeLimit {
  const controller = new AbortController();
  let isOver = false;
  const forward = () => controller.abort();
  if (other.aborted) forward();
  other.addEventListener("abort", forward, { once: true });
  const expire = () => {
    isOver = !controller.signal.aborted;
    controller.abort();
  };
  const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
  return {
    signal: controller.signal,
    isOver: () => isOver,
    release: () => {
      clearTimeout(timer);
      other.removeEventListener("abort", forward);
    },
  };
}
