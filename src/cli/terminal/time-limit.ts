import { Countdown } from "../../base/countdown.ts";

/** A signal that is aborted with another one, or when the time is over. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  readonly isOver: () => boolean;
  /** Its time stands still until `resume`. */
  pause(): void;
  resume(): void;
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
  const countdown = timeoutMs === undefined ? undefined : new Countdown(timeoutMs, expire);
  return {
    signal: controller.signal,
    isOver: () => isOver,
    pause: () => countdown?.pause(),
    resume: () => countdown?.resume(),
    release: () => {
      countdown?.cancel();
      other.removeEventListener("abort", forward);
    },
  };
}
