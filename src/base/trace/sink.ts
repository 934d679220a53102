/** Where traces go: lines to stderr, spans to a profile. Loaded only where somebody looks. */
import { AsyncLocalStorage } from "node:async_hooks";
import { performance } from "node:perf_hooks";
import { isMainThread, setEnvironmentData, threadId } from "node:worker_threads";
import { writeLine } from "../open-files.ts";
import { visible } from "../text/visible.ts";
import { type EndSpan, type Span, setTraceSink, type Topic, type TraceSink, traceSettingsName } from "../trace.ts";
import { Profile, type ProfileSettings } from "./profile.ts";

/** What all threads of a process share. Plain data: worker threads get it when they start. */
export interface TraceSettings {
  /** Topics whose lines are wanted. */
  readonly lines: ReadonlySet<Topic>;
  readonly profile: ProfileSettings | undefined;
  /** When the process began, in milliseconds of the epoch. */
  readonly origin: number;
}

const stderr = 2;
/** Longer texts are cut: a line is to be read. */
const longestLine = 1000;

class Sink implements TraceSink {
  readonly prints: boolean;
  private readonly profile: Profile | undefined;
  /** The line of the profile that the work which goes on now belongs to. */
  private readonly lane = new AsyncLocalStorage<number>();
  private readonly lanes = new WeakMap<EndSpan, number>();

  constructor(private readonly settings: TraceSettings) {
    this.profile = settings.profile && new Profile(settings.profile);
    this.prints = settings.lines.size > 0;
  }

  note(topic: Topic, words: () => string): void {
    const isTold = this.settings.lines.has(topic);
    if (!isTold && this.profile === undefined) return;
    const start = this.now();
    const text = words();
    if (isTold) this.print(topic, start, text);
    this.profile?.instant({ name: topic, topic, start, lane: this.lane.getStore() ?? 0, detail: text });
  }

  begin({ topic, name, lane }: Pick<Span<unknown>, "topic" | "name" | "lane">): EndSpan {
    const { profile } = this;
    const start = this.now();
    const own = lane === "own" ? profile?.lanes.take() : undefined;
    const wanted = own ?? this.lane.getStore() ?? 0;
    const end: EndSpan = (detail) => {
      if (own !== undefined) profile?.lanes.give(own);
      this.tell({ topic, name, start, lane: wanted }, detail);
    };
    if (profile !== undefined) this.lanes.set(end, wanted);
    return end;
  }

  within<T>(end: EndSpan, work: () => T): T {
    const lane = this.lanes.get(end);
    return lane === undefined ? work() : this.lane.run(lane, work);
  }

  past(name: string, { start, end }: PastSpan): void {
    if (this.settings.lines.has("cli")) this.print("cli", this.now(), `${name} (${(end - start).toFixed(1)} ms)`);
    this.profile?.span({ name: `cli ${name}`, topic: "cli", start, end, lane: 0, detail: "" });
  }

  close(command: string): void {
    this.profile?.span({ name: command, topic: "cli", start: 0, end: this.now(), lane: 0, detail: "" });
    this.profile?.close(command);
  }

  private tell(span: { topic: Topic; name: string; start: number; lane: number }, words?: () => string): void {
    const { topic, name, start, lane } = span;
    const isTold = this.settings.lines.has(topic);
    if (!isTold && this.profile === undefined) return;
    const end = this.now();
    const detail = words?.() ?? "";
    if (isTold) this.print(topic, end, `${name}${detail && ` ${detail}`} (${(end - start).toFixed(1)} ms)`);
    this.profile?.span({ name: `${topic} ${name}`, topic, start, end, lane, detail });
  }

  private print(topic: Topic, at: number, text: string): void {
    const thread = isMainThread ? "" : ` worker ${threadId}`;
    const shown = visible(text.length > longestLine ? `${text.slice(0, longestLine)}...` : text);
    writeLine(stderr, `[${(at / 1000).toFixed(3)} ${topic}${thread}] ${shown}\n`);
  }

  /** Milliseconds since the process began, the same in all its threads. */
  private now(): number {
    return performance.timeOrigin - this.settings.origin + performance.now();
  }
}

/** What was over before anybody could know that it is to be told. Milliseconds since the process began. */
export interface PastSpan {
  readonly start: number;
  readonly end: number;
}

export interface OpenTrace {
  past(name: string, span: PastSpan): void;
  /** Completes the profile; `command` is its title. */
  close(command: string): void;
}

/** This process tells what it does from now on, and so do the worker threads that it starts after this. */
export function openTrace(settings: Pick<TraceSettings, "lines" | "profile">): OpenTrace {
  const whole: TraceSettings = { ...settings, origin: performance.timeOrigin };
  setEnvironmentData(traceSettingsName, whole);
  const sink = new Sink(whole);
  setTraceSink(sink);
  return sink;
}

/** In a worker thread: as its process does. */
export function followTrace(settings: TraceSettings): void {
  setTraceSink(new Sink(settings));
}
