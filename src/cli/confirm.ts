import { createInterface } from "node:readline/promises";
import type { Io } from "./io.ts";

/** Asks on the terminal; without one the answer is no, as in DVC. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  if (!io.stdin.isTTY) return false;
  const lines = createInterface({ input: io.stdin, output: io.stdout });
  try {
    const answer = (await lines.question(`${question} [y/n] `)).trim().toLowerCase();
    return answer === "y" || answer === "yes";
  } finally {
    lines.close();
  }
}
