/** Long answers go through the user's pager, as Git's do. */
import { spawn } from "node:child_process";
import { beforeEffect } from "../../base/effects.ts";
import { isStartFailure, systemErrorCode } from "../../base/errors.ts";
import type { Io } from "./io.ts";

/** "never": --no-pager, and what is no terminal. */
export type PagerUse = "where too long" | "never";

/** Lines that a text takes on a terminal of that width, as far as a count of its line ends tells. */
function isTooLong(io: Io, text: string): boolean {
  return text.split("\n").length > (io.stdout.rows || 24);
}

/** The user's command; undefined: `less`. An empty one and `cat` stand for none, as Git has it. */
function pagerOf({ env }: Io): string | undefined {
  const command = env.DVC_PAGER ?? env.PAGER;
  return command === undefined ? "less -SRXF" : command === "" || command === "cat" ? undefined : command;
}

/** Whether it was shown: a pager that is not there shows nothing. */
async function throughPager(io: Io, command: string, text: string): Promise<boolean> {
  beforeEffect("spawn", command);
  const child = spawn("/bin/sh", ["-c", command], {
    env: { LESS: "FRX", LV: "-c", ...io.env },
    stdio: ["pipe", "inherit", "inherit"],
  });
  // The pager is who answers Ctrl+C: it ends a search with it, or itself.
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
      child.stdin.once("error", (error) => {
        // Who looked has seen enough.
        if (systemErrorCode(error) !== "EPIPE") reject(error);
      });
      child.stdin.end(text);
    });
    // What a shell says of a command that is not there, or that it may not start.
    return code !== 127 && code !== 126;
  } catch (error) {
    if (!isStartFailure(error)) throw error;
    return false;
  } finally {
    process.off("SIGINT", ignore);
  }
}

/** Writes the text, which is safe for a terminal, through the pager where it is longer than the screen. */
export async function writePaged(io: Io, text: string, use: PagerUse): Promise<void> {
  const command = use === "never" || !io.stdout.isTTY || io.env.TERM === "dumb" ? undefined : pagerOf(io);
  if (command !== undefined && isTooLong(io, text) && (await throughPager(io, command, text))) return;
  io.stdout.write(text);
}
