/** A real terminal, which tmux plays. Tests of it are skipped where tmux is missing. */
import { execFileSync, spawnSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { whenFileEnds } from "./clean-up.ts";
import type { Environment } from "./environment.ts";
import { waitLimitMs } from "./time-limit.ts";

export const hasTmux = spawnSync("tmux", ["-V"]).status === 0;

/** Looking costs a process each time: this leaves the processor to the program that is waited for. */
const betweenLooksMs = 20;

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A tmux server of its own; ended after the file's last test. */
export class Terminal {
  private readonly env: Environment;

  /** @param folder for the server's socket */
  constructor(
    folder: string,
    env: Environment,
    private readonly size: Size,
  ) {
    this.env = { ...env, LC_ALL: "C.UTF-8", TMUX_TMPDIR: folder };
    whenFileEnds(() => void spawnSync("tmux", ["kill-server"], { env: this.env }));
  }

  tmux(...args: string[]): string {
    return execFileSync("tmux", ["-u", "-f", "/dev/null", ...args], {
      env: this.env,
      encoding: "utf8",
      timeout: waitLimitMs,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Runs a shell command in a session of its own, which stays for a look when the command has ended. */
  start(session: string, command: string): void {
    const size = ["-x", `${this.size.columns}`, "-y", `${this.size.rows}`];
    this.tmux("new-session", "-d", "-s", session, ...size, `${command}; tmux wait-for -S ${session}; read never`);
  }

  /** Waits for the end of the session's command. */
  waitForEnd(session: string): void {
    this.tmux("wait-for", session);
  }

  /** Waits until the screen, as `look` gets it, is as wanted; `what` completes "the screen never". */
  async waitForScreen(look: () => string, isWanted: (screen: string) => boolean, what: string): Promise<void> {
    const until = Date.now() + waitLimitMs;
    for (let screen = look(); !isWanted(screen); screen = look()) {
      if (Date.now() > until) throw new Error(`the screen never ${what}:\n${screen}`);
      await setTimeout(betweenLooksMs);
    }
  }
}
