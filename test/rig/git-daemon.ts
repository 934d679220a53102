/** `git daemon` on this machine: Git's own protocol, without HTTP. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { within } from "./time-limit.ts";

/** Some packages of Git leave it out. */
export const hasGitDaemon = existsSync(
  path.join(execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(), "git-daemon"),
);

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}

export class GitDaemon {
  private constructor(
    readonly port: number,
    private readonly end: () => void,
  ) {}

  /** Serves the repositories of that folder, for reading and writing. */
  static async start(folder: string): Promise<GitDaemon> {
    const port = await freePort();
    const place = ["--listen=127.0.0.1", `--port=${port}`, "--reuseaddr", `--base-path=${folder}`];
    const open = ["--export-all", "--enable=receive-pack", "--max-connections=200", "--init-timeout=600"];
    // A group of its own: the daemon is a child of git.
    const child = spawn("git", ["daemon", ...place, ...open], { stdio: "ignore", detached: true });
    const { pid } = child;
    const listening = async () => {
      while (!(await answers(port))) await pause(20);
    };
    await within(listening(), "git daemon to listen");
    return new GitDaemon(port, () => void (pid !== undefined && process.kill(-pid)));
  }

  close(): void {
    this.end();
  }
}
