import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { pythonJson } from "../../../base/python.ts";
import type { Value } from "../../../base/value.ts";
import { inPathOrder, type Listed, listSource } from "../../../pipeline/import/listing.ts";
import type { SourceNode } from "../../../pipeline/source/tree.ts";
import { count } from "../../options/arguments.ts";
import { type Io, print, printJson } from "../../terminal/io.ts";
import { failedWith } from "../../words/refusal.ts";
import { sizeWords } from "../../words/sizes.ts";
import type { CommandFactory } from "../command.ts";
import { addSourceOptions, type SourceFlags, sourceRequest } from "./source-options.ts";

interface Flags extends SourceFlags {
  readonly recursive?: boolean;
  readonly tree?: boolean;
  readonly level?: number;
  readonly dvcOnly?: boolean;
  readonly json?: boolean;
  readonly size?: boolean;
  readonly showHash?: boolean;
}

const examples = `
Examples:
  sweepline list .
  sweepline list -R https://example.com/team/models.git data
  sweepline list . --dvc-only --rev v1 --json
`;

function toJson(nodes: readonly SourceNode[], prefix: string): string {
  return pythonJson(
    nodes.map(
      (node): Value =>
        new Map<string, Value>([
          ["isout", node.isOut],
          ["isdir", node.kind === "folder"],
          ["isexec", node.isExecutable],
          ["size", node.size === undefined ? null : BigInt(node.size)],
          ["md5", node.md5 ?? null],
          ["path", node.path.slice(prefix.length)],
        ]),
    ),
  );
}

interface Line {
  readonly node: SourceNode;
  readonly text: string;
}

function treeLines(listed: readonly Listed[], indent: string): readonly Line[] {
  return listed.flatMap(({ node, children }, at): readonly Line[] => {
    const isLast = at === listed.length - 1;
    const name = node.path.split("/").at(-1) ?? "";
    const own = { node, text: `${indent}${isLast ? "└── " : "├── "}${name}` };
    return [own, ...treeLines(children, `${indent}${isLast ? "    " : "│   "}`)];
  });
}

function printLines(io: Io, lines: readonly Line[], flags: Flags): void {
  const sizes = lines.map(({ node }) => (node.size === undefined ? "-" : sizeWords(node.size)));
  const width = Math.max(0, ...sizes.map((text) => text.length));
  const hashWidth = Math.max(1, ...lines.map(({ node }) => node.md5?.length ?? 0));
  for (const [at, { node, text }] of lines.entries()) {
    const size = flags.size ? `${(sizes[at] ?? "").padStart(width)}  ` : "";
    const hash = flags.showHash ? `${(node.md5 ?? "-").padEnd(hashWidth)}  ` : "";
    print(io, `${size}${hash}${text}`);
  }
}

async function run(
  io: Io,
  { url, name }: { readonly url: string; readonly name: string },
  flags: Flags,
): Promise<void> {
  const goesOn = flags.recursive || flags.tree;
  const { at, prefix, listed } = await listSource(sourceRequest(io, url, flags), {
    name,
    depth: goesOn ? (flags.level ?? Number.POSITIVE_INFINITY) : 1,
    only: flags.dvcOnly ? "data" : "all",
  });
  if (flags.tree && !flags.json) {
    const root = { node: at, text: at.path === "" ? "." : at.path };
    return printLines(io, [root, ...treeLines(listed, "")], flags);
  }
  // Without -R folders stand for what is in them, also where -T went into them.
  const nodes = flags.recursive ? inPathOrder(listed) : listed.map(({ node }) => node);
  if (flags.json) return printJson(io, toJson(nodes, prefix));
  printLines(
    io,
    nodes.map((node) => ({ node, text: node.path.slice(prefix.length) })),
    flags,
  );
}

/** `sweepline list URL [PATH]` */
export const command: CommandFactory = (io, finish) =>
  addSourceOptions(
    new Command("list")
      .description("List the files of a repository, those of Git and tracked data alike.")
      .argument("<url>", "a folder, or what git clones")
      .argument("[path]", "a folder in it", ""),
  )
    .option("-R, --recursive", "the files of all folders")
    .option("-T, --tree", "as a tree")
    .option("-L, --level <depth>", "so many levels of folders", count)
    .option("--dvc-only", "tracked data only")
    .option("--json", "print as JSON")
    .option("--size", "with sizes")
    .option("--show-hash", "with hashes")
    .addHelpText("after", examples)
    .action(async (url: string, name: string, flags: Flags) => {
      await failedWith(1, `failed to list '${url}'`, () => run(io, { url, name }, flags));
      finish(exitCodes.ok);
    });
