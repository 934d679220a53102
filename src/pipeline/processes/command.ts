/** Runs one shell command of a stage, as DVC does (dvc/stage/run.py), in a process group of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { beforeEffect } from "../../base/effects.ts";
import { isStartFailure, SweeplineError } from "../../base/errors.ts";
import { appendTo } from "../../base/open-files.ts";
import { identifyProcess, type ProcessIdentity } from "../../base/processes.ts";
import type { CommandEnd } from "../types.ts";
import { commandVariable, copyVariable, endMarked } from "./leftovers.ts";
import { stopProcessGroup } from "./process-group.ts";

/** A running command of a stage. */
export interface StageProcess extends ProcessIdentity {
  /** What its processes have in their environment, those too that left its process group. */
  readonly mark: string;
}

/** Where the output of stage commands goes. */
export type StageOutputTarget =
  /** The terminal, or whatever our own stdout and stderr are; stdin is passed on. */
  | { readonly kind: "inherit" }
  /** Straight to an open file, both streams; stdin is empty. */
  | { readonly kind: "file"; readonly descriptor: number }
  /** To the terminal and to an open file. */
  | { readonly kind: "tee"; readonly descriptor: number };

export interface CommandRequest {
  readonly command: string;
  readonly workingFolder: string;
  /** The whole environment of the command. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly output: StageOutputTarget;
  readonly signal: AbortSignal;
  /** Called before anybody waits. The group's id is the pid. */
  onStart(process: StageProcess): void;
  onEnd(pid: number): void;
}

export type CommandOutcome = { readonly kind: "ended"; readonly end: CommandEnd } | { readonly kind: "cancelled" };

/** Flags that keep a shell from reading the user's start-up files, by the shell's name. */
const shellFlags: Readonly<Record<string, readonly string[]>> = {
  bash: ["--noprofile", "--norc"],
  zsh: ["--no-rcs"],
  fish: ["--no-config"],
};

/** The program and arguments for a command: $SHELL or /bin/sh, without start-up files. */
function shellCommand(shell: string | undefined, command: string): readonly [string, readonly string[]] {
  const program = shell || "/bin/sh";
  return [program, [...(shellFlags[path.basename(program).toLowerCase()] ?? []), "-c", command]];
}

// What Python's splitlines() takes for the end of a line.
// biome-ignore lint/suspicious/noControlCharactersInRegex: the separators U+001C to U+001E are among them
const lineEnds = /\r\n|[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/;

/** A list is run item by item, a text line by line, each in a shell of its own. */
export function commandLines(cmd: string | readonly string[]): readonly string[] {
  if (typeof cmd !== "string") return cmd;
  const lines = cmd.split(lineEnds);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function stdioFor(output: StageOutputTarget): ("inherit" | "ignore" | "pipe" | number)[] {
  if (output.kind === "inherit") return ["inherit", "inherit", "inherit"];
  if (output.kind === "file") return ["ignore", output.descriptor, output.descriptor];
  return ["inherit", "pipe", "pipe"];
}

function tee(child: ChildProcess, descriptor: number): void {
  for (const [stream, terminal] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const)
    stream?.on("data", (chunk: Buffer) => {
      appendTo(descriptor, chunk);
      terminal.write(chunk);
    });
}

interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** After the command has ended, how long its output may stay open: a background process may hold it for ever. */
const outputGraceMs = 1000;

function ended(child: ChildProcess, request: CommandRequest): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(new CommandNotStarted(request.command, cause)));
    child.once("exit", (code, signal) => {
      if (child.stdout === null) return resolve({ code, signal });
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, outputGraceMs);
      child.once("close", () => {
        clearTimeout(timer);
        resolve({ code, signal });
      });
    });
  });
}

/** COMMAND_NOT_STARTED */
export class CommandNotStarted extends SweeplineError {
  constructor(
    readonly command: string,
    cause: unknown,
  ) {
    const words = cause instanceof Error ? cause.message : String(cause);
    super({ code: "COMMAND_NOT_STARTED", message: `failed to run: ${command}: ${words}`, cause });
  }
}

function start(request: CommandRequest, mark: string): ChildProcess {
  const [program, args] = shellCommand(request.environment.SHELL, request.command);
  try {
    beforeEffect("spawn", request.command);
    return spawn(program, args, {
      cwd: request.workingFolder,
      env: { ...request.environment, [commandVariable]: mark },
      stdio: stdioFor(request.output),
      detached: true,
    });
  } catch (error) {
    if (!isStartFailure(error)) throw error;
    throw new CommandNotStarted(request.command, error);
  }
}

function commandEnd({ code, signal }: ProcessEnd): CommandEnd {
  return signal === null ? { exitCode: code ?? 0 } : { signal };
}

/** The group, then what left it for a session of its own; the copies of experiments are searched by whoever made them. */
async function stopAll({ environment }: CommandRequest, { pid, mark }: Pick<StageProcess, "pid" | "mark">) {
  await stopProcessGroup(pid);
  if (environment[copyVariable] === undefined) await endMarked(mark);
}

/**
 * Runs the command until it ends. An aborted signal ends the whole group, then answers "cancelled".
 * Errors: COMMAND_NOT_STARTED where the shell or the working folder is missing.
 */
export async function runCommand(request: CommandRequest): Promise<CommandOutcome> {
  if (request.signal.aborted) return { kind: "cancelled" };
  const mark = randomUUID();
  const child = start(request, mark);
  const end = ended(child, request);
  const { pid } = child;
  if (pid === undefined) return end.then(() => ({ kind: "cancelled" }));
  if (request.output.kind === "tee") tee(child, request.output.descriptor);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped = stopAll(request, { pid, mark });
  };
  request.signal.addEventListener("abort", stop, { once: true });
  try {
    request.onStart({ ...identifyProcess(pid), mark });
    const how = commandEnd(await end);
    await stopped;
    return stopped === undefined ? { kind: "ended", end: how } : { kind: "cancelled" };
  } finally {
    request.signal.removeEventListener("abort", stop);
    request.onEnd(pid);
  }
}
