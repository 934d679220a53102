/** One call of rclone on a storage remote: its environment, its log, what it failed with. */
import { isRecord, parseJson } from "../../base/json.ts";
import { maskedWords } from "./failures.ts";
import { runProgram } from "./process.ts";
import { withSshSettings } from "./ssh-host.ts";
import type { RcloneTarget, Settings } from "./types.ts";

/** What our remote is called in rclone's environment. */
const ourName = "sweepline";

/** A target that rclone can be started with. */
export interface RcloneRemote {
  readonly target: RcloneTarget;
  readonly env: Readonly<Record<string, string>>;
  /** Before the path in an argument: `sweepline:`. */
  readonly prefix: string;
}

function set(entries: readonly (readonly [name: string, value: string | undefined])[]): Record<string, string> {
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function upper(prefix: string, settings: Settings = {}): Record<string, string> {
  return set(Object.entries(settings).map(([key, value]) => [`${prefix}${key.toUpperCase()}`, value]));
}

/** As rclone keeps passwords: against a look over the shoulder, not against anybody who has them. */
async function obscured(settings: Settings = {}): Promise<Settings> {
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(settings))
    if (value !== undefined) {
      const { stdout } = await runProgram({ program: "rclone", args: ["obscure", "-"], input: value, env: noConfig });
      values[key] = stdout.trim();
    }
  return values;
}

/** Neither a file of rclone's that may ask for its password, nor filters of the user's. */
const noConfig = { RCLONE_CONFIG: "/dev/null" };

/** A server that says nothing for so long is as good as none; who calls decides what is tried again. */
const patience: Settings = { contimeout: "30s", timeout: "2m", low_level_retries: "3", retries: "1" };

/** Errors: RCLONE_MISSING, REMOTE_UNSUPPORTED. */
export async function prepareRclone(found: RcloneTarget, env: NodeJS.ProcessEnv): Promise<RcloneRemote> {
  const target = found.backend.type === "sftp" ? await withSshSettings(found, env) : found;
  const remote = `RCLONE_CONFIG_${ourName.toUpperCase()}_`;
  return {
    target,
    prefix: `${target.configured ?? ourName}:`,
    env: {
      ...upper("RCLONE_", patience),
      // The time of a copy is that of its making, as of all that lies in the cache.
      RCLONE_LOCAL_NO_SET_MODTIME: "true",
      ...(target.configured === undefined ? noConfig : { RCLONE_ASK_PASSWORD: "false" }),
      ...upper(remote, target.backend),
      ...upper(remote, await obscured(target.obscured)),
      ...upper("RCLONE_", target.flags),
      ...set(Object.entries(target.env ?? {})),
    },
  };
}

/** A line of rclone's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  /** The file that it is about, as in the list that was given. */
  readonly object?: string;
  readonly stats?: RcloneStats;
}

export interface RcloneStats {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly speed: number;
  readonly eta: number | undefined;
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

function statsOf(value: unknown): RcloneStats | undefined {
  if (!isRecord(value)) return undefined;
  const { bytes, totalBytes, speed, eta } = value;
  return {
    bytes: numberOf(bytes),
    totalBytes: numberOf(totalBytes),
    speed: numberOf(speed),
    eta: typeof eta === "number" ? eta : undefined,
  };
}

/** What is no JSON comes from the end of the program: `2026/11/30 00:54:44 Failed to lsf: ...`. */
function parseLine(line: string): LogLine {
  const value = line.startsWith("{") ? parseJson(line) : undefined;
  if (!isRecord(value)) return { level: "error", msg: line.replace(/^[\d/]+ [\d:]+ /, "").replace(/^[A-Z]+ *: /, "") };
  const { level, msg, object, stats } = value;
  const found = statsOf(stats);
  return {
    level: typeof level === "string" ? level : "",
    msg: typeof msg === "string" ? msg : "",
    ...(typeof object === "string" && object !== "" ? { object } : {}),
    ...(found === undefined ? {} : { stats: found }),
  };
}

export interface RcloneCall {
  /** The command first. */
  readonly args: readonly string[];
  /** The files that are meant, one a line. */
  readonly files?: readonly string[];
  onLine?(line: LogLine): void;
}

export interface RcloneEnd {
  readonly exitCode: number;
  readonly stdout: string;
  /** The last thing that went wrong; "" for none. Masked. */
  readonly words: string;
}

/** Runs rclone to its end. Errors: RCLONE_MISSING. */
export async function callRclone(
  { env, target }: RcloneRemote,
  { args, files, onLine }: RcloneCall,
): Promise<RcloneEnd> {
  let words = "";
  const [command = "", ...rest] = args;
  const list = files === undefined ? [] : ["--files-from-raw=-", "--no-traverse"];
  const { exitCode, stdout } = await runProgram({
    program: "rclone",
    args: [command, "--use-json-log", ...list, ...rest],
    env,
    ...(files === undefined ? {} : { input: files.map((file) => `${file}\n`).join("") }),
    onErrorLine(text) {
      // The rest of a message: `status code: 403, request id: ...`
      if (words !== "" && /^\s|^caused by: /.test(text)) return;
      const line = parseLine(text);
      // The end repeats, in other words, what was told before.
      if (line.level === "error" && !(words !== "" && /^Failed to /.test(line.msg))) words = line.msg;
      if (line.level === "critical" || line.level === "fatal") words = line.msg;
      onLine?.(line);
    },
  });
  return { exitCode, stdout, words: maskedWords(words, target.secrets) };
}
