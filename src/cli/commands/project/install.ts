import path from "node:path";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { readIfExists, writeAtomic } from "../../../base/files.ts";
import { git } from "../../../git/run.ts";
import { installHooks, preCommitText, withPreCommitHooks } from "../../../project/hooks.ts";
import { openProject } from "../../../project/open.ts";
import { failedWith } from "../../words/refusal.ts";
import type { CommandFactory } from "../command.ts";

interface Flags {
  readonly usePreCommitTool?: boolean;
}

const examples = `
The hooks: \`status\` before a commit, \`checkout\` after a checkout of a branch or commit, \`push\` before a push.

Examples:
  sweepline install
  sweepline install --use-pre-commit-tool     entries in .pre-commit-config.yaml, for the program pre-commit
`;

function writePreCommit(gitRoot: string): void {
  const file = path.join(gitRoot, ".pre-commit-config.yaml");
  const text = readIfExists(file)?.toString("utf8") ?? "";
  const after = withPreCommitHooks(text);
  if (after === undefined)
    throw new SweeplineError({
      code: "FILE_EXISTS",
      message: "the `repos` of .pre-commit-config.yaml are written in a way that nothing can be added to",
      hint: `Add by hand:\n${preCommitText}`,
    });
  if (after !== text) writeAtomic(file, after);
}

/** `sweepline install` */
export const command: CommandFactory = (io, finish) =>
  new Command("install")
    .description("Install Git hooks that look after data.")
    .option("--use-pre-commit-tool", "for the program pre-commit, in its configuration")
    .addHelpText("after", examples)
    .action(async ({ usePreCommitTool }: Flags) => {
      const { gitRoot } = openProject(io.cwd);
      if (gitRoot !== null)
        await failedWith(1, "failed to install DVC Git hooks", async () => {
          if (usePreCommitTool) return writePreCommit(gitRoot);
          // Git knows: core.hooksPath, linked work trees.
          const folder = (await git(["rev-parse", "--git-path", "hooks"], { cwd: gitRoot })).trimEnd();
          installHooks(path.resolve(gitRoot, folder));
        });
      finish(exitCodes.ok);
    });
