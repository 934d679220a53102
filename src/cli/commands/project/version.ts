import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { version } from "../../../base/version.ts";
import { print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";

const examples = `
Examples:
  sweepline version
  sweepline version --json
`;

/** `sweepline version`: what a bug report needs. */
export const command: CommandFactory = (io, finish) =>
  new Command("version")
    .option("--json", "print as JSON")
    .addHelpText("after", examples)
    .action((options: { json?: boolean }) => {
      const facts = {
        sweepline: version,
        node: process.versions.node,
        platform: `${process.platform} ${process.arch}`,
      };
      print(
        io,
        options.json
          ? JSON.stringify(facts)
          : Object.entries(facts)
              .map(([name, value]) => `${name} ${value}`)
              .join("\n"),
      );
      finish(exitCodes.ok);
    });
