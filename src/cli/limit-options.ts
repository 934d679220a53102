/** The options that say how long and how often experiments run: shared by all commands that run the queue. */
import type { Command } from "commander";
import type { EntryLimits } from "../experiments/record.ts";
import type { CoordinatorOptions } from "../run/coordinator.ts";
import type { RetryPolicy } from "../run/retry.ts";
import { count, duration } from "./arguments.ts";

export interface LimitFlags {
  readonly retries?: number;
  readonly retryDelay?: number;
  readonly timeout?: number;
  readonly maxFailures?: number;
}

export interface RunLimits extends Pick<CoordinatorOptions, "timeoutMs" | "maxFailures"> {
  readonly retry?: Partial<RetryPolicy>;
}

export function addLimitOptions(command: Command): Command {
  return command
    .option("--retries <n>", "run an experiment that failed again, up to n times", count)
    .option(
      "--retry-delay <duration>",
      "pause before the first retry, doubled for each further one (default: 1s)",
      duration,
    )
    .option("--timeout <duration>", "end an experiment that runs longer (10s, 5m, 2h); it counts as failed", duration)
    .option("--max-failures <n>", "stop when that many experiments have failed", count);
}

export function runLimits(flags: LimitFlags): RunLimits {
  const { retries, retryDelay, timeout, maxFailures } = flags;
  return {
    retry: {
      ...(retries === undefined ? {} : { retries }),
      ...(retryDelay === undefined ? {} : { delayMs: retryDelay }),
    },
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    // None is no limit: stopping before the first failure would run nothing.
    ...(maxFailures === undefined || maxFailures === 0 ? {} : { maxFailures }),
  };
}

/** What an entry keeps for whoever runs it. */
export function entryLimits({ retries, timeout }: LimitFlags): { readonly limits?: EntryLimits } {
  if (retries === undefined && timeout === undefined) return {};
  return {
    limits: {
      ...(retries === undefined ? {} : { retries }),
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    },
  };
}

/** The words of the command line that give the same limits again. */
export function limitWords(flags: LimitFlags): readonly string[] {
  const { retries, retryDelay, timeout, maxFailures } = flags;
  const word = (name: string, value: number | undefined, unit = "") =>
    value === undefined ? [] : [`--${name}`, `${value}${unit}`];
  return [
    ...word("retries", retries),
    ...word("retry-delay", retryDelay, "ms"),
    ...word("timeout", timeout, "ms"),
    ...word("max-failures", maxFailures),
  ];
}
