import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { getPath, locatePath } from "../../../pipeline/import/get.ts";
import { type Io, print } from "../../terminal/io.ts";
import { failedWith } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";
import { addJobsOption, addSourceOptions, type SourceFlags, sourceRequest } from "./source-options.ts";

interface Flags extends SourceFlags {
  readonly out?: string;
  readonly force?: boolean;
  readonly showUrl?: boolean;
}

const examples = `
Examples:
  sweepline get https://example.com/team/models.git model.bin
  sweepline get ../other data -o other-data --rev v1
`;

async function run(
  io: Io,
  { url, name }: { readonly url: string; readonly name: string },
  flags: Flags,
): Promise<void> {
  const request = sourceRequest(io, url, flags);
  if (flags.showUrl) return print(io, await locatePath(request, name));
  const existing = flags.force ? "replace" : "refuse";
  await getPath(request, { folder: io.cwd, out: flags.out, name, existing });
}

/** `sweepline get URL PATH` */
export const command: CommandFactory = (io, finish) =>
  addJobsOption(
    addSourceOptions(
      new Command("get")
        .description(
          "Copy a file or folder of a repository to here, be it in Git or tracked data. It is not tracked here.",
        )
        .argument("<url>", "a folder, or what git clones")
        .argument("<path>", "a file or folder in it"),
    ),
  )
    .option("-o, --out <path>", "where to, where it is not its own name")
    .option("-f, --force", "replace what is there")
    .option("--show-url", "print where the data is, and get nothing")
    .addHelpText("after", examples)
    .action(async (url: string, name: string, flags: Flags) => {
      await failedWith(1, `failed to get '${name}' from '${url}'`, () => run(io, { url, name }, flags));
      finish(exitCodes.ok);
    });
