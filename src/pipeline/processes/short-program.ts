/** Runs a program that answers and ends, such as those of a cluster. */
import { type ChildProcess, spawn } from "node:child_process";
import { beforeEffect } from "../../base/effects.ts";
import { wordsOfSystemError } from "../../base/errno.ts";
import { isStartFailure } from "../../base/errors.ts";
import { beginSpan } from "../../base/trace.ts";

export interface ProgramAnswer {
  /** undefined: it could not be started; `stderr` says why. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly folder: string;
  /** Then it is killed. */
  readonly limitMs: number;
}

function start(program: string, args: readonly string[], folder: string): ChildProcess | NodeJS.ErrnoException {
  try {
    beforeEffect("spawn", `${program} ${args[0] ?? ""}`);
    // In a session of its own: Ctrl+C in a terminal is for us, who may need its answer.
    return spawn(program, args, { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    if (!isStartFailure(error)) throw error;
    return error;
  }
}

function notStarted(program: string, error: NodeJS.ErrnoException): ProgramAnswer {
  const why = error.code === "ENOENT" ? "not found" : (wordsOfSystemError(error) ?? error.message);
  return { exitCode: undefined, stdout: "", stderr: `${program}: ${why}` };
}

/** Never rejects: what went wrong is in the answer. */
export function runToEnd(
  program: string,
  args: readonly string[],
  { folder, limitMs }: ProgramOptions,
): Promise<ProgramAnswer> {
  const end = beginSpan({ topic: "requests", name: program });
  const child = start(program, args, folder);
  if (child instanceof Error) return Promise.resolve(notStarted(program, child));
  const limit = setTimeout(() => child.kill("SIGKILL"), limitMs);
  return new Promise<ProgramAnswer>((resolve) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) => resolve(notStarted(program, error)));
    child.on("close", (code) =>
      resolve({
        exitCode: code ?? 128,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString().trim(),
      }),
    );
  }).finally(() => {
    clearTimeout(limit);
    end?.(() => args.join(" "));
  });
}
