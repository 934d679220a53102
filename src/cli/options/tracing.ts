/** -v, --profile and SWEEPLINE_DEBUG: what of its work the command tells. */
import path from "node:path";
import { errnoWords } from "../../base/errno.ts";
import { SweeplineError, systemErrorCode } from "../../base/errors.ts";
import { openEmptied, writeLine } from "../../base/open-files.ts";
import { quotedList } from "../../base/text/listing.ts";
import type { ProfileSettings } from "../../base/trace/profile.ts";
import { beforeDeathBy } from "../../base/trace/signal-watchers.ts";
import { openTrace, type PastSpan } from "../../base/trace/sink.ts";
import { note, type Topic, topics } from "../../base/trace.ts";
import { version } from "../../base/version.ts";
import { type Io, warn } from "../terminal/io.ts";
import { maskedCommandLine } from "../words/masked-command-line.ts";

export interface TraceFlags {
  /** How often -v was given. */
  readonly verbose: number;
  readonly profile?: string;
}

/** Of one -v: why things are done, in plain words. Two tell everything. */
const plainTopics: readonly Topic[] = ["stages", "run-cache", "cache"];

function isTopic(name: string): name is Topic {
  return (topics as readonly string[]).includes(name);
}

/** SWEEPLINE_DEBUG: topics with commas between them; * is all of them. What is no topic is told, not refused. */
function topicsOf(text: string, io: Io): readonly Topic[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== "");
  if (names.includes("*")) return topics;
  const unknown = names.filter((name) => !isTopic(name));
  if (unknown.length > 0)
    warn(io, `SWEEPLINE_DEBUG: no topic ${quotedList(unknown)}; there are ${topics.join(", ")} and *`);
  return names.filter(isTopic);
}

function openProfile(file: string, io: Io): ProfileSettings {
  try {
    const descriptor = openEmptied(path.resolve(io.cwd, file));
    writeLine(descriptor, "[\n");
    return { descriptor, gate: new Int32Array(new SharedArrayBuffer(8)) };
  } catch (error) {
    const words = errnoWords[systemErrorCode(error) ?? ""];
    if (words === undefined) throw error;
    throw new SweeplineError({ code: "BAD_OPTIONS", message: `--profile '${file}' can't be written: ${words}` });
  }
}

/** The command as its user typed it, without values. */
export interface TypedCommand {
  readonly argv: readonly string[];
  /** Those of them that name it. */
  readonly words: readonly string[];
  readonly loading: PastSpan;
}

/**
 * From now on, tells what is asked for. Errors: BAD_OPTIONS where the file can't be written.
 */
export function startTracing({ verbose, profile }: TraceFlags, { argv, words, loading }: TypedCommand, io: Io): void {
  const asked = io.env.SWEEPLINE_DEBUG ?? "";
  const byFlag = verbose > 1 ? topics : verbose === 1 ? plainTopics : [];
  const lines = new Set<Topic>([...byFlag, ...topicsOf(asked, io)]);
  const settings = profile === undefined ? undefined : openProfile(profile, io);
  const trace = openTrace({ lines, profile: settings });
  const command = maskedCommandLine(argv, words);
  if (settings !== undefined) closeAtEnd(() => trace.close(command));
  note(
    "cli",
    () =>
      `${command}: sweepline ${version}, Node ${process.versions.node}, ${process.platform} ${process.arch}, pid ${process.pid}`,
  );
  trace.past("load", loading);
}

/** However the process ends, but by SIGKILL. */
function closeAtEnd(close: () => void): void {
  process.on("exit", close);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) beforeDeathBy(signal, close);
}
