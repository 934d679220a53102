/**
 * What the program does and how long it takes, for who wants to look: lines on stderr (`-v`, SWEEPLINE_DEBUG) and a profile
 * (`--profile`). Both come from the same calls. Where nobody looks, a call is one look at a variable: texts are made by
 * functions, which are then never called.
 *
 * The sink is the one module-level state, one a thread, set before the command's work begins and never changed after. Passing
 * it on would put a parameter into every function between the command line and the call that starts a git.
 */
import { withoutCredentials } from "./text/secrets.ts";

/** What lines are about. docs/debugging.md says what each of them tells. */
export const topics = [
  "cli",
  "sweep",
  "queue",
  "run",
  "stages",
  "run-cache",
  "cache",
  "hash",
  "git",
  "refs",
  "locks",
  "requests",
] as const;

export type Topic = (typeof topics)[number];

/** Something that takes time. */
export interface Span<Result> {
  readonly topic: Topic;
  /** The same for all of a kind, so that a profile can add them up: `rev-parse`. */
  readonly name: string;
  /** What is told behind the name, at the end; undefined: it failed, and why is told behind. */
  readonly detail?: (result: Result | undefined) => string;
  /** "own": runs beside others in one thread, so a profile shows it on a line of its own, with all that it calls. */
  readonly lane?: "own";
}

/** Called once, at the end of a span. */
export type EndSpan = (detail?: () => string) => void;

export interface TraceSink {
  /** Whether lines go to stderr. */
  readonly prints: boolean;
  note(topic: Topic, words: () => string): void;
  begin(span: Pick<Span<unknown>, "topic" | "name" | "lane">): EndSpan;
  /** Runs work whose spans belong to one that has begun. */
  within<T>(end: EndSpan, work: () => T): T;
}

/** Under which name worker threads find how their process traces. */
export const traceSettingsName = "sweepline.trace";

let sink: TraceSink | undefined;

/** From now on this thread tells what it does. */
export function setTraceSink(to: TraceSink): void {
  sink = to;
}

/** Whether anybody looks: before work that is only done to tell something. */
export function isTracing(): boolean {
  return sink !== undefined;
}

/** Whether lines come on stderr, which would break a drawing on the same terminal. */
export function printsTrace(): boolean {
  return sink?.prints === true;
}

/** Tells something that takes no time: a decision and its reason. */
export function note(topic: Topic, words: () => string): void {
  sink?.note(topic, words);
}

/** Begins a span that no single function call is; undefined where nobody looks. */
export function beginSpan(span: Pick<Span<unknown>, "topic" | "name" | "lane">): EndSpan | undefined {
  return sink?.begin(span);
}

/** Does the work, which may be asynchronous, and tells that it was done. */
export function traced<T>(span: Span<Awaited<T>>, work: () => T): T {
  return sink === undefined ? work() : follow(sink, span, work);
}

function follow<T>(to: TraceSink, span: Span<Awaited<T>>, work: () => T): T {
  const end = to.begin(span);
  const done = (result: Awaited<T>) => end(() => span.detail?.(result) ?? "");
  const failed = (error: unknown) => {
    const why = () => withoutCredentials(wordsOf(error));
    end(() => `${span.detail?.(undefined) ?? ""} failed: ${why()}`.trim());
  };
  try {
    const result = to.within(end, work);
    if (!(result instanceof Promise)) {
      done(result as Awaited<T>);
      return result;
    }
    return result.then(
      (value) => {
        done(value);
        return value;
      },
      (error: unknown) => {
        failed(error);
        throw error;
      },
    ) as T;
  } catch (error) {
    failed(error);
    throw error;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
