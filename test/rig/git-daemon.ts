/** `git daemon` on this machine: Git's own protocol, without HTTP. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { freePort, untilAnswering } from "./free-port.ts";

/** Some packages of Git leave it out. */
export const hasGitDaemon = existsSync(
  path.join(execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(), "git-daemon"),
);

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
    await untilAnswering(port, "git daemon to listen");
    return new GitDaemon(port, () => void (pid !== undefined && process.kill(-pid)));
  }

  close(): void {
    this.end();
  }
}
