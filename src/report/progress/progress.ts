/** Progress of experiments while they run: drawn on a terminal, as plain lines in a pipe, as JSON lines for programs. */
import { takesEscapes } from "../escapes.ts";
import { createJsonProgress } from "./json.ts";
import { createPlainProgress } from "./plain.ts";
import { createTerminalProgress } from "./terminal.ts";
import type { Progress, ProgressStreams } from "./types.ts";

export type { Progress } from "./types.ts";

export type ProgressMode = "terminal" | "plain" | "json";

export interface ProgressOptions extends ProgressStreams {
  /** Where not said: a terminal that can move its cursor gets a drawing, unless CI is set; all else plain lines. */
  readonly mode?: ProgressMode;
}

function chooseMode({ stdout, env }: ProgressOptions): ProgressMode {
  return takesEscapes(stdout, env) ? "terminal" : "plain";
}

const makers: Readonly<Record<ProgressMode, (streams: ProgressStreams) => Progress>> = {
  terminal: createTerminalProgress,
  plain: createPlainProgress,
  json: createJsonProgress,
};

/** Emit every event into it, close it once at the end, also after a failure. Nothing is emitted after that. */
export function createProgress(options: ProgressOptions): Progress {
  return makers[options.mode ?? chooseMode(options)](options);
}
