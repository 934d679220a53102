import path from "node:path";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { openRepository } from "../../../git/repository.ts";
import { initProject } from "../../../project/init.ts";
import { type Io, print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface InitFlags {
  readonly quiet?: boolean;
  readonly subdir?: boolean;
  readonly scm: boolean;
  readonly force?: boolean;
}

const nextSteps = `What's next?
  sweepline stage add -n train -d train.py -p lr -M metrics.json python train.py   describes a step in dvc.yaml
  git add . && git commit -m "pipeline"                                              experiments derive from a commit
  sweepline exp run -S lr=0.1                                                        runs one
  sweepline sweep lr=0.1,0.01                                                        runs many, and shows them`;

async function run(io: Io, folder: string, flags: InitFlags): Promise<void> {
  if (!flags.scm && flags.subdir)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "Cannot initialize repo with `--no-scm` and `--subdir`",
    });
  const { gitRoot, files } = initProject(path.resolve(io.cwd, folder), {
    git: !flags.scm ? "none" : flags.subdir ? "subdir" : "top",
    existing: flags.force ? "replace" : "refuse",
  });
  if (gitRoot !== null) {
    const { stageFiles } = await import("../../../git/porcelain.ts");
    await stageFiles(openRepository(gitRoot), files);
  }
  if (flags.quiet) return;
  print(io, "Initialized DVC repository.\n");
  if (gitRoot === null) return;
  print(io, "You can now commit the changes to git.\n");
  print(io, nextSteps);
}

const examples = `
Examples:
  git init && sweepline init
  sweepline init --subdir                      in a folder below the top of the repository
  sweepline init --no-scm                      without Git
`;

/** `sweepline init`: makes a folder a project, for DVC too. */
export const command: CommandFactory = (io, finish) =>
  new Command("init")
    .argument("[folder]", "the folder; here where none is named", ".")
    .option("--subdir", "the folder lies below the top of the Git repository")
    .option("--no-scm", "work without Git (experiments need Git)")
    .option("-f, --force", "replace a .dvc folder, its cache included")
    .option("-q, --quiet", "print warnings and errors only")
    .addHelpText("after", examples)
    .action(async (folder: string, flags: InitFlags) => {
      await run(io, folder, flags);
      finish(exitCodes.ok);
    });
