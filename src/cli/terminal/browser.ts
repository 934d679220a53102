/** Opens what was made in the user's browser. */
import { spawn } from "node:child_process";
import { beforeEffect } from "../../base/effects.ts";
import { isStartFailure } from "../../base/errors.ts";
import { type Io, warn } from "./io.ts";

/** $BROWSER, else what the system has for it. */
function browserOf({ env }: Io): string {
  return env.BROWSER || (process.platform === "darwin" ? "open" : "xdg-open");
}

/** Starts it and does not wait for it. Says so where there is none. */
export async function openInBrowser(io: Io, address: string): Promise<void> {
  const program = browserOf(io);
  beforeEffect("spawn", program);
  const child = spawn(program, [address], { detached: true, stdio: "ignore", env: { ...io.env } });
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    child.unref();
  } catch (error) {
    if (!isStartFailure(error)) throw error;
    warn(
      io,
      `'${program}' can't be started to show ${address}: set BROWSER to a browser's program, or open it by hand.`,
    );
  }
}
