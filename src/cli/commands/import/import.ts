import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { destinationFor } from "../../../pipeline/import/get.ts";
import { recordedSettings } from "../../../pipeline/source/recorded-settings.ts";
import { openProject } from "../../../project/open.ts";
import { failedWith } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";
import { addFetchOptions, type FetchFlags, importHere } from "./import-here.ts";
import { addSourceOptions, type SourceFlags, sourceSettings } from "./source-options.ts";

interface Flags extends SourceFlags, FetchFlags {
  readonly out?: string;
}

const examples = `
Examples:
  sweepline import https://example.com/team/data.git raw -o data/raw
  sweepline import ../other model.bin --rev v1       follows the tag; without --rev its default branch
`;

/** `sweepline import URL PATH` */
export const command: CommandFactory = (io, finish) =>
  addFetchOptions(
    addSourceOptions(
      new Command("import")
        .description("Copy a file or folder of a repository to here, and track it with where it came from.")
        .argument("<url>", "a folder, or what git clones")
        .argument("<path>", "a file or folder in it"),
    ).option("-o, --out <path>", "where to, where it is not its own name"),
  )
    .addHelpText("after", examples)
    .action(async (url: string, name: string, flags: Flags) => {
      const project = openProject(io.cwd);
      await failedWith(1, `failed to import '${name}' from '${url}'.`, async () => {
        const existing = flags.force ? "replace" : "refuse";
        const destination = destinationFor({ folder: io.cwd, out: flags.out, name, existing });
        const settings = recordedSettings(project.root, sourceSettings(io, flags));
        const origin = { kind: "repository", url, rev: flags.rev, path: name, settings } as const;
        await importHere(io, { origin, destination, from: `${name} (${url})` }, flags);
      });
      finish(exitCodes.ok);
    });
