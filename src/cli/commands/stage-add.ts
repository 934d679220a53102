import path from "node:path";
import { Command } from "commander";
import { exitCodes } from "../../base/errors.ts";
import { addStage, type NewOutput } from "../../pipeline/edit-file.ts";
import { openProject } from "../../store/open.ts";
import { collect } from "../arguments.ts";
import type { CommandFactory } from "../catalog.ts";
import { print } from "../io.ts";

interface Flags {
  readonly name: string;
  readonly force?: boolean;
  readonly deps?: readonly string[];
  readonly params?: readonly string[];
  readonly wdir?: string;
  readonly desc?: string;
  readonly alwaysChanged?: boolean;
  readonly quiet?: boolean;
}

/** Each option for outputs: where the paths go in dvc.yaml. */
const outputOptions: readonly (readonly [string, string, Omit<NewOutput, "path">])[] = [
  ["outs", "-o, --outs <path>", { list: "outs", cache: true, persist: false }],
  ["outsNoCache", "-O, --outs-no-cache <path>", { list: "outs", cache: false, persist: false }],
  ["outsPersist", "--outs-persist <path>", { list: "outs", cache: true, persist: true }],
  ["outsPersistNoCache", "--outs-persist-no-cache <path>", { list: "outs", cache: false, persist: true }],
  ["metrics", "-m, --metrics <path>", { list: "metrics", cache: true, persist: false }],
  ["metricsNoCache", "-M, --metrics-no-cache <path>", { list: "metrics", cache: false, persist: false }],
  ["plots", "--plots <path>", { list: "plots", cache: true, persist: false }],
  ["plotsNoCache", "--plots-no-cache <path>", { list: "plots", cache: false, persist: false }],
];

function describeOutput({ list, cache, persist }: Omit<NewOutput, "path">): string {
  const what = { outs: "a file or folder that the command writes", metrics: "a metrics file", plots: "a plots file" }[
    list
  ];
  return `${what}${persist ? ", kept between runs" : ""}${cache ? "" : ", not in the cache"}`;
}

function outputsOf(flags: Readonly<Record<string, unknown>>): NewOutput[] {
  return outputOptions.flatMap(([key, , facts]) => {
    const paths = flags[key];
    return Array.isArray(paths) ? paths.map((name) => ({ ...facts, path: String(name) })) : [];
  });
}

/** Words of a command that the shell has already split are joined again, as DVC does. */
function joinCommand(words: readonly string[]): string {
  if (words.length < 2) return words.join(" ");
  return words
    .map((word) => (word === "" ? '""' : word.includes(" ") && !word.includes('"') ? `"${word}"` : word))
    .join(" ");
}

/** `sweepline stage add -n NAME ... COMMAND` */
export const command: CommandFactory = (io, finish) => {
  const add = new Command("add")
    .requiredOption("-n, --name <name>", "the stage's name")
    .option("-f, --force", "replace a stage of that name")
    .option("-d, --deps <path>", "a file or folder that the command reads", collect)
    .option("-p, --params <[file:]names>", "parameters, separated by commas", collect);
  for (const [, flags, facts] of outputOptions) add.option(flags, describeOutput(facts), collect);
  return add
    .option("-w, --wdir <folder>", "where the command runs")
    .option("--always-changed", "run it every time")
    .option("--desc <text>", "a description")
    .option("-q, --quiet", "print errors only")
    .argument("[command...]", "the command")
    .allowUnknownOption()
    .action(async (words: readonly string[], flags: Flags & Readonly<Record<string, unknown>>) => {
      const folder = process.cwd();
      const project = openProject(folder);
      const { change, writtenFiles } = await addStage(project, {
        folder,
        existing: flags.force === true ? "replace" : "refuse",
        stage: {
          name: flags.name,
          cmd: joinCommand(words),
          deps: flags.deps ?? [],
          params: flags.params ?? [],
          outs: outputsOf(flags),
          alwaysChanged: flags.alwaysChanged === true,
          ...(flags.wdir === undefined ? {} : { wdir: flags.wdir }),
          ...(flags.desc === undefined ? {} : { desc: flags.desc }),
        },
      });
      if (flags.quiet !== true) {
        const names = writtenFiles.map((file) => path.relative(folder, path.join(project.root, file)));
        print(io, `${change === "added" ? "Added" : "Modified"} stage '${flags.name}' in 'dvc.yaml'`);
        if (project.gitRoot !== null)
          print(io, `\nTo track the changes with git, run:\n\n\tgit add ${names.join(" ")}`);
      }
      finish(exitCodes.ok);
    });
};
