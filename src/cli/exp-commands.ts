/** The commands of `exp`. */
import type { CatalogEntry } from "./catalog-entry.ts";

export const expCommands: readonly CatalogEntry[] = [
  {
    name: "apply",
    summary: "Lay an experiment over the workspace",
    load: () => import("./commands/exp/apply.ts"),
  },
  {
    name: "branch",
    summary: "Make a Git branch of an experiment",
    load: () => import("./commands/exp/branch.ts"),
  },
  {
    name: "bundle",
    summary: "Write experiments and their data into one file",
    load: () => import("./commands/compare/bundle.ts"),
  },
  {
    name: "clean",
    summary: "Remove old logs and leftovers",
    load: () => import("./commands/exp/clean.ts"),
  },
  {
    name: "compare",
    summary: "Show experiments side by side",
    load: () => import("./commands/compare/compare.ts"),
  },
  {
    name: "curve",
    summary: "Show metrics over the checkpoints of an experiment",
    load: () => import("./commands/exp/curve.ts"),
  },
  {
    name: "diff",
    summary: "Show changes between experiments",
    load: () => import("./commands/exp/diff.ts"),
  },
  {
    name: "effects",
    summary: "Show what each parameter does to a metric",
    load: () => import("./commands/compare/effects.ts"),
  },
  {
    name: "export",
    summary: "Write experiments for MLflow, OpenMetrics, Parquet",
    load: () => import("./commands/compare/export.ts"),
  },
  {
    name: "list",
    aliases: ["ls"],
    summary: "List experiments, here or in a Git remote",
    load: () => import("./commands/exp/list.ts"),
  },
  {
    name: "logs",
    summary: "Print the log of an experiment's run",
    load: () => import("./commands/exp/logs.ts"),
  },
  {
    name: "note",
    summary: "Write a note on an experiment, or print it",
    load: () => import("./commands/compare/note.ts"),
  },
  {
    name: "pull",
    summary: "Pull experiments from a Git remote, with their data",
    load: () => import("./commands/exp/pull.ts"),
  },
  {
    name: "push",
    summary: "Push experiments to a Git remote, with their data",
    load: () => import("./commands/exp/push.ts"),
  },
  {
    name: "remove",
    aliases: ["rm"],
    summary: "Remove experiments, finished or queued",
    load: () => import("./commands/exp/remove.ts"),
  },
  {
    name: "rename",
    aliases: ["mv"],
    summary: "Give an experiment another name",
    load: () => import("./commands/exp/rename.ts"),
  },
  {
    name: "run",
    summary: "Run an experiment, or queue one or many",
    load: () => import("./commands/exp/run.ts"),
  },
  {
    name: "save",
    summary: "Keep the workspace as an experiment",
    load: () => import("./commands/exp/save.ts"),
  },
  {
    name: "show",
    summary: "Show experiments with their parameters and metrics",
    load: () => import("./commands/exp/show.ts"),
  },
  {
    name: "star",
    summary: "Give experiments a star, or take it away",
    load: () => import("./commands/compare/star.ts"),
  },
  {
    name: "tag",
    summary: "Put tags on an experiment, or take some off",
    load: () => import("./commands/compare/tag.ts"),
  },
  {
    name: "unbundle",
    summary: "Take experiments and their data from such a file",
    load: () => import("./commands/compare/unbundle.ts"),
  },
];
