/** Progress of experiments while they run: drawn on a terminal, as plain lines in a pipe, as JSON lines for programs. */
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

/** CI logs look like terminals on some services, and show every frame of a drawing. */
function chooseMode({ stdout, env }: ProgressOptions): ProgressMode {
  const isCi = env.CI !== undefined && env.CI !== "" && env.CI !== "false" && env.CI !== "0";
  return stdout.isTTY === true && !isCi && env.TERM !== "dumb" ? "terminal" : "plain";
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
