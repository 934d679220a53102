import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { examine } from "../../../experiments/upkeep/doctor.ts";
import { openProject } from "../../../project/open.ts";
import { print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly fix?: boolean;
  readonly skipCache?: boolean;
  readonly json?: boolean;
}

const examples = `
Examples:
  sweepline doctor                what is wrong; exits with 255 where something is
  sweepline doctor --fix          and repairs it: nothing that can still be used is lost
`;

/** `sweepline doctor` */
export const command: CommandFactory = (io, finish) =>
  new Command("doctor")
    .description(
      "Look for what crashes leave behind: stale locks, dead runs, entries without objects, broken cache objects.",
    )
    .option("--fix", "repair what can be repaired")
    .option("--skip-cache", "do not read the objects of the cache, which takes long where they are many")
    .option("--json", "as JSON")
    .addHelpText("after", examples)
    .action(async (options: Options) => {
      const context = openExperiments(openProject(io.cwd));
      const findings = await examine(context, {
        mode: options.fix ? "fix" : "report",
        cache: options.skipCache ? "skip" : "check",
      });
      if (options.json) printJson(io, JSON.stringify({ findings }));
      else for (const { check, state, text } of findings) print(io, `${state.padEnd(7)}  ${check.padEnd(7)}  ${text}`);
      const isWell = findings.every((finding) => finding.state !== "problem");
      finish(isWell ? exitCodes.ok : exitCodes.refused);
    });
