/** -q and -v: every command takes them, as DVC's do, in front of its name and behind. */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { catalog } from "../../src/cli/catalog.ts";
import type { CatalogEntry } from "../../src/cli/catalog-entry.ts";
import { runCommandLine } from "../../src/cli/program.ts";

function commands(entries: readonly CatalogEntry[], parents: readonly string[] = []): (readonly string[])[] {
  return entries.flatMap((entry) => {
    const words = [...parents, entry.name];
    return entry.commands === undefined ? [words] : commands(entry.commands, words);
  });
}

/** Stops at the option that no command knows: nothing is run. */
async function complaint(argv: readonly string[]): Promise<string> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = { stdout, stderr, stdin: process.stdin, env: {} } as unknown as Parameters<typeof runCommandLine>[1];
  await runCommandLine(argv, io);
  return String(stderr.read());
}

/** What must be there before commander looks for options that it does not know. */
const needed: Readonly<Record<string, readonly string[]>> = {
  "matrix emit": ["--for", "github"],
  "matrix init": ["--for", "github"],
  "matrix run": ["--point", "0"],
  "stage add": ["-n", "s"],
};

test.each(commands(catalog).map((words) => [words.join(" ")]))("%s", async (name) => {
  const words = [...name.split(" "), ...(needed[name] ?? [])];
  expect(await complaint(["-q", "-v", ...words, "--nonsense"])).toContain("unknown option '--nonsense'");
  expect(await complaint([...words, "-q", "-vv", "--nonsense"])).toContain("unknown option '--nonsense'");
  expect(await complaint([...words, "-qv", "--nonsense"])).toContain("unknown option '--nonsense'");
});
