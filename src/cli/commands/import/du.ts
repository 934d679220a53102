import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { measureSource } from "../../../pipeline/import/listing.ts";
import { type Io, print, printJson } from "../../terminal/io.ts";
import { sizeWords } from "../../words/sizes.ts";
import type { CommandFactory } from "../command.ts";
import { addSourceOptions, type SourceFlags, sourceRequest } from "./source-options.ts";

interface Flags extends SourceFlags {
  readonly summarize?: boolean;
  readonly json?: boolean;
}

const examples = `
Examples:
  sweepline du .                 each file and folder of the project, and all of them
  sweepline du -s . data         the folder data
`;

async function run(
  io: Io,
  { url, name }: { readonly url: string; readonly name: string },
  flags: Flags,
): Promise<void> {
  const { at, entries, total } = await measureSource(sourceRequest(io, url, flags), name);
  if (flags.json) return printJson(io, JSON.stringify({ entries: flags.summarize ? [] : entries, total }));
  if (flags.summarize) return print(io, sizeWords(total));
  const all = at.kind === "file" ? entries : [...entries, { path: at.path, size: total }];
  const words = all.map(({ size }) => sizeWords(size));
  const width = Math.max(0, ...words.map(({ length }) => length));
  for (const [index, { path }] of all.entries()) {
    const size = words[index] ?? "";
    print(io, path === "" ? size : `${size.padEnd(width)}  ${path}`);
  }
}

/** `sweepline du URL [PATH]` */
export const command: CommandFactory = (io, finish) =>
  addSourceOptions(
    new Command("du")
      .description("Show the sizes of files and tracked data of a repository.")
      .argument("<url>", "a folder, or what git clones")
      .argument("[path]", "a file or folder in it", ""),
  )
    .option("-s, --summarize", "the sum only")
    .option("--json", "print as JSON, sizes in bytes")
    .addHelpText("after", examples)
    .action(async (url: string, name: string, flags: Flags) => {
      await run(io, { url, name }, flags);
      finish(exitCodes.ok);
    });
