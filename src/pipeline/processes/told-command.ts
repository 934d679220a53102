/** A command line of the user's own configuration that is told something on its standard input. */
import { type ChildProcess, spawn } from "node:child_process";
import { beforeEffect } from "../../base/effects.ts";
import { isStartFailure } from "../../base/errors.ts";
import { signalGroup } from "./process-group.ts";

export interface ToldCommand {
  readonly input: string;
  readonly folder: string;
  /** Then it is ended, with all that it started. */
  readonly limitMs: number;
}

/** In a group of its own; or why it could not be started. */
function start(command: string, folder: string): ChildProcess | string {
  try {
    beforeEffect("spawn", "notify.command");
    return spawn("/bin/sh", ["-c", command], { cwd: folder, detached: true, stdio: ["pipe", "ignore", "ignore"] });
  } catch (error) {
    if (!isStartFailure(error)) throw error;
    return error.message;
  }
}

/** Runs it in the shell; what it prints is nobody's. Answers what went wrong. */
export async function runWithInput(
  command: string,
  { input, folder, limitMs }: ToldCommand,
): Promise<string | undefined> {
  const child = start(command, folder);
  if (typeof child === "string") return child;
  child.unref();
  const limit = setTimeout(() => {
    if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
  }, limitMs);
  // It may end without having read all.
  child.stdin?.on("error", () => undefined).end(input);
  return new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) =>
      resolve(code === 0 ? undefined : signal === null ? `exit code ${code}` : `ended by ${signal}`),
    );
  }).finally(() => clearTimeout(limit));
}
