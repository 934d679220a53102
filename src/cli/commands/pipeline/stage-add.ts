import path from "node:path";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { visible } from "../../../base/text/visible.ts";
import { addStage, type NewOutput } from "../../../pipeline/edit/edit-file.ts";
import { firstFailure } from "../../../pipeline/reproduce/failure-words.ts";
import { reproduce } from "../../../pipeline/reproduce/reproduce.ts";
import { runDefaults } from "../../../pipeline/run-options.ts";
import { openProject } from "../../../project/open.ts";
import type { Project } from "../../../project/project.ts";
import { projectState } from "../../../store/project-state.ts";
import { collect } from "../../options/arguments.ts";
import { listenForInterrupt } from "../../terminal/interrupt.ts";
import { type Io, print, warn } from "../../terminal/io.ts";
import { killGroups, stageEvents } from "../../terminal/stage-events.ts";
import { trackFiles } from "../../words/track-files.ts";
import type { CommandFactory } from "../command.ts";
import { withWorkspaceLock } from "./workspace-lock.ts";

interface Flags {
  readonly name: string;
  readonly force?: boolean;
  readonly deps?: readonly string[];
  readonly params?: readonly string[];
  readonly wdir?: string;
  readonly desc?: string;
  readonly alwaysChanged?: boolean;
  readonly quiet?: boolean;
  readonly run?: boolean;
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

/** Runs the new stage, alone. Throws where it fails. */
async function runStage(io: Io, project: Project, flags: Flags): Promise<readonly string[]> {
  const state = projectState(project);
  const groups = new Set<number>();
  const interrupt = listenForInterrupt(io, { endAtOnce: () => endAtOnce(groups), advice: "print" });
  try {
    const request = {
      ...runDefaults,
      targets: [flags.name],
      folder: io.cwd,
      singleItem: true,
      environment: {},
      dvcRoot: project.root,
      output: { kind: "inherit" as const },
      signal: interrupt.signal,
      state,
    };
    const messages = flags.quiet ? ("none" as const) : ("all" as const);
    const result = await withWorkspaceLock(
      project,
      (lock) => reproduce(project, { ...request, lock }, stageEvents(io, { groups, messages })),
      interrupt.signal,
    );
    if (result.kind === "cancelled") throw new SweeplineError({ code: "STOPPED", message: "stopped" });
    if (result.kind === "failed") throw firstFailure(result.failures);
    return result.writtenFiles;
  } finally {
    interrupt.release();
    state.close();
  }
}

function endAtOnce(groups: ReadonlySet<number>): string {
  killGroups(groups);
  return "Ended at once: the outputs of the stage may be incomplete.";
}

async function run(io: Io, words: readonly string[], flags: Flags & Readonly<Record<string, unknown>>): Promise<void> {
  const folder = io.cwd;
  const project = openProject(folder);
  const added = await addStage(project, {
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
  for (const target of added.notIgnored)
    warn(
      io,
      `'${path.relative(folder, target)}' gets its line in .gitignore when the stage has run: it has no folder yet`,
    );
  if (!flags.quiet) print(io, `Added stage '${visible(flags.name)}' in 'dvc.yaml'`);
  const ran = flags.run === true ? await runStage(io, project, flags) : [];
  const files = [...new Set([...added.writtenFiles, ...ran])].map((file) => path.join(project.root, file));
  await trackFiles(io, project, { files, hint: flags.quiet ? "quiet" : "print" });
}

const examples = `
Examples:
  sweepline stage add -n train -d train.py -d data -p train.lr,train.epochs -o model.pt -M metrics.json python train.py
  sweepline stage add -n prepare -d raw -o data --run sh prepare.sh
  sweepline stage add -f -n train -p params.json:lr -o model.pt python train.py
`;

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
    .option("--run", "run the stage when it is written")
    .option("-q, --quiet", "print errors only")
    .argument("[command...]", "the command; what follows its first word belongs to it")
    .passThroughOptions()
    .addHelpText("after", examples)
    .action(async (words: readonly string[], flags: Flags & Readonly<Record<string, unknown>>) => {
      await run(io, words, flags);
      finish(exitCodes.ok);
    });
};
