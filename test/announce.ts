/** Says before the first test what runs, where, and for how long. */
import type { TestProject } from "vitest/node";

/** About, on 2 cores of which nobody else makes use. */
const durations: Readonly<Record<string, string>> = {
  quick: "The quick tests: about two minutes on 2 idle cores. `npm run test:all` runs all of them.",
};

export default function announce({ name }: TestProject): void {
  process.stdout.write(`Node ${process.version} on ${process.platform}. ${durations[name] ?? ""}\n`);
}
