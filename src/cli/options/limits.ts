/** The options that say how long, how often and on what experiments run: shared by all commands that run the queue. */
import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import type { EntryLimits } from "../../experiments/record.ts";
import type { CoordinatorOptions } from "../../run/coordinator.ts";
import type { RetryPolicy } from "../../run/limits/retry.ts";
import { count, duration } from "./arguments.ts";
import { jobs } from "./reproduce.ts";

export interface LimitFlags {
  readonly retries?: number;
  readonly retryDelay?: number;
  readonly timeout?: number;
  readonly maxFailures?: number;
  readonly gpus?: readonly string[];
  readonly perGpu?: number;
  readonly slots?: ReadonlyMap<string, number>;
  /** These two of the commands that have them: see addReproduceOptions. */
  readonly strict?: boolean;
  readonly failFast?: boolean;
}

export interface RunLimits
  extends Pick<CoordinatorOptions, "timeoutMs" | "maxFailures" | "devices" | "shellCharacters"> {
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
    .option("--max-failures <n>", "stop when that many experiments have failed", failures)
    .option("--gpus <ids>", "each running experiment sees one of them: 0,1 (CUDA_, ROCR_VISIBLE_DEVICES)", gpuIds)
    .option("--per-gpu <n>", "so many experiments share a GPU (default: 1)", jobs)
    .option("--slots <name=n>", "each has one of n places: SWEEPLINE_SLOT_NAME is its number (repeatable)", slot)
    .hook("preAction", (_, action) => checkTogether(action.opts()));
}

function failures(value: string): number {
  const number = count(value);
  if (number > 0) return number;
  throw new InvalidArgumentError(
    "a run can't stop before its first failure: leave it out for no limit, 1 is the first",
  );
}

function checkTogether({ gpus, perGpu, failFast, maxFailures }: LimitFlags): void {
  if (failFast && maxFailures !== undefined)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "--fail-fast stops at the first failure, --max-failures at a later one: give one of them",
    });
  if (perGpu === undefined || gpus !== undefined) return;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: "--per-gpu says how many experiments share one of --gpus: it means nothing without them",
  });
}

function gpuIds(value: string): readonly string[] {
  const ids = value.split(",").map((id) => id.trim());
  if (ids.some((id) => !/^[A-Za-z0-9:._/-]{1,100}$/.test(id)) || new Set(ids).size < ids.length)
    throw new InvalidArgumentError("not a list of GPUs such as 0,1");
  return ids;
}

function slot(value: string, before: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, number> {
  const found = /^([A-Za-z][A-Za-z0-9_-]{0,50})=([1-9]\d{0,3})$/.exec(value);
  if (found === null) throw new InvalidArgumentError("not a name and a number of places: licence=4");
  const name = found[1] ?? "";
  if (before.has(name)) throw new InvalidArgumentError(`'${name}' is given twice`);
  return new Map([...before, [name, Number(found[2])]]);
}

function devices({ gpus, perGpu, slots }: LimitFlags): Pick<RunLimits, "devices"> {
  if (gpus === undefined && slots === undefined) return {};
  return { devices: { gpus: gpus ?? [], perGpu: perGpu ?? 1, slots: slots ?? new Map() } };
}

/** How many experiments the devices allow at once: what --jobs is where it is not given; else one. */
export function defaultJobs({ gpus, perGpu, slots }: LimitFlags): number {
  const limits = [...(gpus === undefined ? [] : [gpus.length * (perGpu ?? 1)]), ...(slots?.values() ?? [])];
  return limits.length === 0 ? 1 : Math.min(...limits);
}

export function runLimits(flags: LimitFlags): RunLimits {
  const { retries, retryDelay, timeout, maxFailures } = flags;
  return {
    retry: {
      ...(retries === undefined ? {} : { retries }),
      ...(retryDelay === undefined ? {} : { delayMs: retryDelay }),
    },
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
    ...(flags.strict ? { shellCharacters: "refuse" as const } : {}),
    ...devices(flags),
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
  const { retries, retryDelay, timeout, maxFailures, gpus, perGpu, slots } = flags;
  const word = (name: string, value: number | string | undefined, unit = "") =>
    value === undefined ? [] : [`--${name}`, `${value}${unit}`];
  return [
    ...word("retries", retries),
    ...word("retry-delay", retryDelay, "ms"),
    ...word("timeout", timeout, "ms"),
    ...word("max-failures", maxFailures),
    ...word("gpus", gpus?.join(",")),
    ...word("per-gpu", perGpu),
    ...(flags.strict ? ["--strict"] : []),
    ...(flags.failFast ? ["--fail-fast"] : []),
    ...[...(slots ?? [])].flatMap(([name, number]) => word("slots", `${name}=${number}`)),
  ];
}

/** A number of experiments at once, or `auto`. */
export function jobsOrAuto(value: string): number | "auto" {
  return value === "auto" ? "auto" : jobs(value);
}

/** The most experiments that can run at once. */
export function jobsNumber(jobs: number | "auto"): number {
  return jobs === "auto" ? availableParallelism() : jobs;
}
