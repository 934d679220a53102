import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { type SourceProject, withSource } from "../../../pipeline/import/source.ts";
import { filesBelow, type SourceNode, sourceChildren, sourceNodeAt } from "../../../pipeline/import/tree.ts";
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

/** The size of what lies at a node. A file in a tracked folder has none on record: it is that of its object. */
async function sizeOf(source: SourceProject, node: SourceNode): Promise<number> {
  if (node.isOut && node.size !== undefined) return node.size;
  const files = await filesBelow(source, node);
  const unknown = files.flatMap(({ size, md5 }) => (size === undefined && md5 !== undefined ? [md5] : []));
  const objects = await source.sizes(unknown);
  return files.reduce((sum, { size, md5 }) => sum + (size ?? objects.get(md5 ?? "") ?? 0), 0);
}

function sizesJson(rows: readonly (readonly [number, string])[], total: number): string {
  return JSON.stringify({ entries: rows.map(([size, path]) => ({ path, size })), total });
}

async function run(
  io: Io,
  { url, name }: { readonly url: string; readonly name: string },
  flags: Flags,
): Promise<void> {
  await withSource(sourceRequest(io, url, flags), async (source) => {
    const node = await sourceNodeAt(source, name);
    const nodes = node.kind === "file" ? [node] : await sourceChildren(source, node.path);
    const rows: (readonly [number, string])[] = [];
    let total = 0;
    for (const each of nodes) {
      const size = await sizeOf(source, each);
      total += size;
      rows.push([size, each.path]);
    }
    if (flags.json) return printJson(io, sizesJson(flags.summarize ? [] : rows, total));
    if (flags.summarize) return print(io, sizeWords(total));
    const bytes = node.kind === "file" ? rows : [...rows, [total, node.path] as const];
    const all = bytes.map(([size, path]) => [sizeWords(size), path] as const);
    const width = Math.max(0, ...all.map(([size]) => size.length));
    for (const [size, path] of all) print(io, path === "" ? size : `${size.padEnd(width)}  ${path}`);
  });
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
