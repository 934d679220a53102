/** Starts rclone, and ssh to ask for a host's settings. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { beforeEffect } from "../../base/effects.ts";
import { wordsOfSystemError } from "../../base/errno.ts";
import { isStartFailure, SweeplineError } from "../../base/errors.ts";
import { beforeDeathBy } from "../../base/trace/signal-watchers.ts";
import { beginSpan } from "../../base/trace.ts";

export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Called for each line of stderr. */
  onErrorLine?(line: string): void;
}

export interface ProgramEnd {
  readonly exitCode: number;
  readonly stdout: string;
}

/** How rclone is installed, for who has it not. */
export const installRclone =
  "Install it: `apt install rclone`, `brew install rclone`, or as https://rclone.org/install says.";

function notStarted(program: string, error: NodeJS.ErrnoException): SweeplineError {
  if (error.code === "ENOENT")
    return new SweeplineError({ code: "RCLONE_MISSING", message: `${program} was not found`, hint: installRclone });
  return new SweeplineError({
    code: "RCLONE_MISSING",
    message: `${program} could not be started: ${wordsOfSystemError(error) ?? error.message}`,
  });
}

/** In our process group, so that Ctrl+C in a terminal ends it too. */
function startProcess({ program, args, env }: ProgramCall): ChildProcessWithoutNullStreams {
  try {
    beforeEffect("spawn", `${program} ${args[0] ?? ""}`);
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: "pipe" });
    // Without a descriptor left Node makes no pipes, whatever the types say.
    if (child.pid !== undefined || (child.stdin as unknown)) return child;
    child.on("error", () => undefined);
  } catch (error) {
    if (!isStartFailure(error)) throw error;
    throw notStarted(program, error);
  }
  throw notStarted(program, Object.assign(new Error("too many open files"), { code: "EMFILE" }));
}

/** A signal to us alone ends the program too: it would go on with what nobody waits for. */
function endWithoutUs(child: ChildProcessWithoutNullStreams): void {
  const end = () => {
    beforeEffect("signal", "SIGTERM to rclone");
    child.kill("SIGTERM");
  };
  const watching = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => beforeDeathBy(signal, end));
  child.once("exit", () => {
    for (const stopWatching of watching) stopWatching();
  });
}

/** Runs a program to its end; should we be killed before it, it dies of the next thing that it has to say. Errors: RCLONE_MISSING. */
export async function runProgram(call: ProgramCall): Promise<ProgramEnd> {
  const { program, args, input, onErrorLine } = call;
  const end = beginSpan({ topic: "requests", name: `${program} ${args[0] ?? ""}` });
  const child = startProcess(call);
  endWithoutUs(child);
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    child.on("error", (error: NodeJS.ErrnoException) => reject(notStarted(program, error)));
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    const lines = createInterface({ input: child.stderr });
    if (onErrorLine !== undefined) lines.on("line", onErrorLine);
    child.on("close", (code, signal) => {
      end?.(() => `${args.slice(1).join(" ")}: exit ${code ?? signal}`);
      resolve({ exitCode: code ?? (signal ? 128 : 1), stdout: Buffer.concat(out).toString() });
    });
    // It may stop reading early: its exit code tells what happened.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });
}
