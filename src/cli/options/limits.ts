/** The options that say how long, how often and on what experiments run: shared by all commands that run the queue. */
import { type Command, InvalidArgumentError } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import { type EntryLimits, isKeepRule } from "../../experiments/record.ts";
import type { JobCount } from "../../run/engine.ts";
import type { RunLimits } from "../../run/run-queue.ts";
import { count, duration, jobs } from "./arguments.ts";

export interface LimitFlags {
  readonly retries?: number;
  readonly retryDelay?: number;
  readonly timeout?: number;
  readonly timeoutAt?: "once" | "checkpoint";
  readonly checkpointEvery?: number;
  readonly keepCheckpoints?: string;
  readonly maxFailures?: number;
  readonly gpus?: readonly string[];
  readonly perGpu?: number;
  readonly slots?: ReadonlyMap<string, number>;
  /** These two of the commands that have them: see addReproduceOptions. */
  readonly strict?: boolean;
  readonly failFast?: boolean;
}

interface LimitOption<T> {
  /** As it is typed; undefined: the commands that have it add it by themselves. */
  readonly flag?: string;
  readonly help?: string;
  readonly parse?: (value: string, before?: T) => T;
  /** The name under which an entry keeps it for whoever runs it. */
  readonly entry?: keyof EntryLimits;
  /** The words that give the same again. */
  words(value: T): readonly string[];
}

const words =
  (name: string, unit = "") =>
  (value: number): readonly string[] => [`--${name}`, `${value}${unit}`];
const flagAlone = (name: string) => (value: boolean) => (value ? [`--${name}`] : []);

/** One row a limit, in the order of the help. */
const limitTable: { readonly [Name in keyof LimitFlags]-?: LimitOption<NonNullable<LimitFlags[Name]>> } = {
  retries: {
    flag: "--retries <n>",
    help: "run an experiment that failed again, up to n times",
    parse: count,
    entry: "retries",
    words: words("retries"),
  },
  retryDelay: {
    flag: "--retry-delay <duration>",
    help: "pause before the first retry, doubled for each further one (default: 1s)",
    parse: duration,
    words: words("retry-delay", "ms"),
  },
  timeout: {
    flag: "--timeout <duration>",
    help: "end an experiment that runs longer (10s, 5m, 2h); it counts as failed",
    parse: duration,
    entry: "timeoutMs",
    words: words("timeout", "ms"),
  },
  timeoutAt: {
    flag: "--timeout-at <moment>",
    help: "what --timeout means: at once, or the next checkpoint where stages make some: once, checkpoint",
    parse: moment,
    entry: "timeoutAt",
    words: (value) => ["--timeout-at", value],
  },
  checkpointEvery: {
    flag: "--checkpoint-every <n>",
    help: "a checkpoint after every n steps of DVCLive, for stages with checkpoint outputs",
    parse: jobs,
    entry: "checkpointEvery",
    words: words("checkpoint-every"),
  },
  keepCheckpoints: {
    flag: "--keep-checkpoints <which>",
    help: "when it is done: its last n, the best by a metric and the last (best:loss), or all (default: all)",
    parse: keptCheckpoints,
    entry: "keepCheckpoints",
    words: (value) => ["--keep-checkpoints", value],
  },
  maxFailures: {
    flag: "--max-failures <n>",
    help: "stop when that many experiments have failed",
    parse: failures,
    words: words("max-failures"),
  },
  gpus: {
    flag: "--gpus <ids>",
    help: "each running experiment sees one of them: 0,1 (CUDA_, ROCR_VISIBLE_DEVICES)",
    parse: gpuIds,
    words: (ids) => ["--gpus", ids.join(",")],
  },
  perGpu: {
    flag: "--per-gpu <n>",
    help: "so many experiments share a GPU (default: 1)",
    parse: jobs,
    words: words("per-gpu"),
  },
  strict: { words: flagAlone("strict") },
  failFast: { words: flagAlone("fail-fast") },
  slots: {
    flag: "--slots <name=n>",
    help: "each has one of n places: SWEEPLINE_SLOT_NAME is its number (repeatable)",
    parse: slot,
    words: (slots) => [...slots].flatMap(([name, number]) => ["--slots", `${name}=${number}`]),
  },
};

const limitRows = Object.entries(limitTable) as readonly (readonly [keyof LimitFlags, LimitOption<unknown>])[];

export function addLimitOptions(command: Command): Command {
  for (const [, { flag, help, parse }] of limitRows)
    if (flag !== undefined && help !== undefined && parse !== undefined) command.option(flag, help, parse);
  return command.hook("preAction", (_, action) => checkTogether(action.opts()));
}

function moment(value: string): "once" | "checkpoint" {
  if (value === "once" || value === "checkpoint") return value;
  throw new InvalidArgumentError("it is once or checkpoint");
}

function keptCheckpoints(value: string): string {
  if (isKeepRule(value)) return value;
  throw new InvalidArgumentError("not a number (1 or more), all, or best:METRIC");
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
  const { retries, retryDelay, timeout, timeoutAt, checkpointEvery, keepCheckpoints, maxFailures } = flags;
  return {
    retry: {
      ...(retries === undefined ? {} : { retries }),
      ...(retryDelay === undefined ? {} : { delayMs: retryDelay }),
    },
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    ...(timeoutAt === undefined ? {} : { timeoutAt }),
    ...(checkpointEvery === undefined ? {} : { checkpointEvery }),
    ...(keepCheckpoints === undefined ? {} : { keepCheckpoints }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
    ...(flags.strict ? { shellCharacters: "refuse" as const } : {}),
    ...devices(flags),
  };
}

/** What an entry keeps for whoever runs it. */
export function entryLimits(flags: LimitFlags): { readonly limits?: EntryLimits } {
  const kept = limitRows.flatMap(([name, { entry }]) =>
    entry === undefined || flags[name] === undefined ? [] : [[entry, flags[name]] as const],
  );
  return kept.length === 0 ? {} : { limits: Object.fromEntries(kept) };
}

/** The words of the command line that give the same limits again. */
export function limitWords(flags: LimitFlags): readonly string[] {
  return limitRows.flatMap(([name, row]) => (flags[name] === undefined ? [] : row.words(flags[name])));
}

/** A number of experiments at once, or `auto`. */
export function jobsOrAuto(value: string): JobCount {
  if (value === "auto") return value;
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError("not a number of jobs (1 or more), nor auto");
  return jobs(value);
}
