/**
 * All commands: name, one line, and how to load them. A command's file is imported only when that command runs,
 * so start-up costs nothing for the others. Each file in commands/ exports one CommandFactory named `command`.
 */
import type { Command } from "commander";
import type { ExitCode, Io } from "./io.ts";

/** Options in, one call into the domain, report out: the returned command's action ends by calling finish(exitCode). */
export type CommandFactory = (io: Io, finish: (exitCode: ExitCode) => void) => Command;

export interface CatalogEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly load?: () => Promise<{ readonly command: CommandFactory }>;
  readonly commands?: readonly CatalogEntry[];
}

export const catalog: readonly CatalogEntry[] = [
  {
    name: "exp",
    aliases: ["experiments"],
    summary: "Run, show and manage experiments",
    commands: [
      {
        name: "diff",
        summary: "Show changes between two experiments",
        load: () => import("./commands/exp-diff.ts"),
      },
      {
        name: "list",
        aliases: ["ls"],
        summary: "List experiments, here or in a Git remote",
        load: () => import("./commands/exp-list.ts"),
      },
      {
        name: "show",
        summary: "Show experiments with their parameters and metrics",
        load: () => import("./commands/exp-show.ts"),
      },
    ],
  },
  {
    name: "expand",
    summary: "Print the jobs of a sweep, one a line",
    load: () => import("./commands/expand.ts"),
  },
  {
    name: "metrics",
    summary: "Show metrics and their changes",
    commands: [
      { name: "diff", summary: "Show changes in metrics", load: () => import("./commands/metrics-diff.ts") },
      { name: "show", summary: "Print metrics", load: () => import("./commands/metrics-show.ts") },
    ],
  },
  {
    name: "params",
    summary: "Show changes in parameters",
    commands: [
      { name: "diff", summary: "Show changes in parameters", load: () => import("./commands/params-diff.ts") },
    ],
  },
  {
    name: "parse",
    summary: "Explain how overrides are read",
    load: () => import("./commands/parse.ts"),
  },
  {
    name: "repro",
    summary: "Run the stages of a pipeline that changed",
    load: () => import("./commands/repro.ts"),
  },
  {
    name: "version",
    summary: "Print the versions of sweepline, Node and Git",
    load: () => import("./commands/version.ts"),
  },
];
