import path from "node:path";
import { buffer } from "node:stream/consumers";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { statSync } from "../../../base/files.ts";
import { visible } from "../../../base/text/visible.ts";
import { type IgnoreReason, ignoreReasons } from "../../../project/ignore-reasons.ts";
import { openProject } from "../../../project/open.ts";
import { type ExitCode, type Io, print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Flags {
  readonly details?: boolean;
  readonly all?: boolean;
  readonly nonMatching?: boolean;
  readonly stdin?: boolean;
  readonly quiet?: boolean;
}

const examples = `
Examples:
  sweepline check-ignore data/*.tmp         those that .dvcignore excludes
  sweepline check-ignore -d data/a.tmp      and the line that says so
`;

/** Nobody is told that a path is ignored: as of `git check-ignore`. */
const noneIgnored = 1;

function checkFlags(targets: readonly string[], flags: Flags): void {
  const refuse = (message: string) => new SweeplineError({ code: "BAD_OPTIONS", message, exitCode: exitCodes.refused });
  if (!flags.stdin && targets.length === 0) throw refuse("`targets` or `--stdin` needed");
  if (flags.stdin && targets.length > 0) throw refuse("cannot have both `targets` and `--stdin`");
  if (flags.nonMatching && !flags.details) throw refuse("`--non-matching` is only valid with `--details`");
  if (flags.all && !flags.details) throw refuse("`--all` is only valid with `--details`");
  if (flags.quiet && flags.details) throw refuse("cannot use both `--details` and `--quiet`");
}

/** DVC's own rules have no place. */
function reasonText({ place, line }: IgnoreReason): string {
  return `${place}:${line}`;
}

/** Up to an empty line, as DVC reads them. */
async function linesOf(io: Io): Promise<readonly string[]> {
  const lines = (await buffer(io.stdin)).toString().split("\n");
  const end = lines.indexOf("");
  return end < 0 ? lines : lines.slice(0, end);
}

async function run(io: Io, targets: readonly string[], flags: Flags): Promise<ExitCode> {
  checkFlags(targets, flags);
  const { root } = openProject(io.cwd);
  let found = false;
  for (const target of flags.stdin ? await linesOf(io) : targets) {
    const absolute = path.resolve(io.cwd, target);
    const isFolder = statSync(absolute, { throwIfNoEntry: false })?.isDirectory() === true;
    const reasons = ignoreReasons(root, absolute, isFolder ? "folder" : "file");
    const isIgnored = reasons.at(-1)?.negated === false;
    if (!flags.details) {
      if (isIgnored) print(io, target);
      found ||= isIgnored;
      continue;
    }
    const texts = reasons.map(reasonText);
    const shown = flags.all ? texts : texts.slice(-1);
    for (const text of shown) print(io, `${text}\t${target}`);
    // Our own words: in a path two colons at a line's start would be shown as escapes.
    if (shown.length === 0 && flags.nonMatching) io.stdout.write(`::\t${visible(target)}\n`);
    found ||= reasons.length > 0;
  }
  return found ? exitCodes.ok : noneIgnored;
}

/** `sweepline check-ignore TARGET...` */
export const command: CommandFactory = (io, finish) =>
  new Command("check-ignore")
    .description("Tell which files .dvcignore excludes from data, and why. Exit code 1 where none is.")
    .argument("[targets...]", "files and folders, which need not be there")
    .option("-d, --details", "print the line that decides in front of each")
    .option("-a, --all", "with --details: all lines that are for it")
    .option("-n, --non-matching", "with --details: also those that no line is for")
    .option("--stdin", "read the targets from the standard input, one a line")
    .addHelpText("after", examples)
    .action(async (targets: readonly string[], flags: Flags) => finish(await run(io, targets, flags)));
