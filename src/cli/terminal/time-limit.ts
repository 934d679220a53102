import { Deadline, type LimitMoment } from "../../run/limits/deadline.ts";

/** A signal that is aborted with another one, or when the time is over. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  readonly isOver: () => boolean;
  readonly deadline: Deadline;
  release(): void;
}

/** @param timeoutMs undefined: without limit */
export function withTimeLimit(
  other: AbortSignal,
  timeoutMs: number | undefined,
  moment: LimitMoment = "once",
): TimeLimit {
  const controller = new AbortController();
  let isOver = false;
  const forward = () => controller.abort();
  if (other.aborted) forward();
  other.addEventListener("abort", forward, { once: true });
  const deadline = new Deadline(timeoutMs, moment, () => {
    isOver ||= !controller.signal.aborted;
    controller.abort();
  });
  return {
    signal: controller.signal,
    isOver: () => isOver,
    deadline,
    release: () => {
      deadline.cancel();
      other.removeEventListener("abort", forward);
    },
  };
}
