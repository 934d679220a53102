/**
 * All commands: name, one line, and how to load them. A command's file is imported only when that command runs,
 * so start-up costs nothing for the others. Each file in commands/ exports one CommandFactory named `command`.
 */
import type { CatalogEntry } from "./catalog-entry.ts";
import { expCommands } from "./exp-commands.ts";
import { queueCommands } from "./queue-commands.ts";
import { studioCommands } from "./studio-commands.ts";

export const catalog: readonly CatalogEntry[] = [
  {
    name: "add",
    summary: "Track data files and folders",
    load: () => import("./commands/data/add.ts"),
  },
  {
    name: "cache",
    summary: "Where the cache is",
    commands: [
      {
        name: "dir",
        summary: "Print or set the folder of the cache",
        load: () => import("./commands/project/cache-dir.ts"),
      },
    ],
  },
  {
    name: "check-ignore",
    summary: "Tell which files .dvcignore excludes",
    load: () => import("./commands/project/check-ignore.ts"),
  },
  {
    name: "checkpoint",
    summary: "In a stage: register a checkpoint of the experiment, and wait until it is safe",
    load: () => import("./commands/pipeline/checkpoint.ts"),
  },
  {
    name: "checkout",
    summary: "Bring data from the cache into the workspace",
    load: () => import("./commands/data/checkout.ts"),
  },
  {
    name: "commit",
    summary: "Record what lies in the workspace, without running anything",
    load: () => import("./commands/data/commit.ts"),
  },
  {
    name: "completion",
    summary: "Complete words in bash, zsh and fish",
    load: () => import("./commands/project/completion.ts"),
  },
  {
    name: "compose",
    summary: "Print a composed config, and where its values come from",
    load: () => import("./commands/sweep/compose.ts"),
  },
  {
    name: "config",
    summary: "Read and change the configuration",
    load: () => import("./commands/project/config.ts"),
  },
  {
    name: "dag",
    summary: "Show the graph of stages",
    load: () => import("./commands/pipeline/dag.ts"),
  },
  {
    name: "data",
    summary: "The state of tracked data",
    commands: [
      {
        name: "status",
        summary: "Show how tracked data differs from commit, lock files and cache",
        load: () => import("./commands/data/data-status.ts"),
      },
    ],
  },
  {
    name: "destroy",
    summary: "Make a project none any more",
    load: () => import("./commands/data/destroy.ts"),
  },
  {
    name: "diff",
    summary: "Show changes in tracked data",
    load: () => import("./commands/data/diff.ts"),
  },
  {
    name: "doctor",
    summary: "Look for what crashes left behind, and repair it",
    load: () => import("./commands/project/doctor.ts"),
  },
  {
    name: "du",
    summary: "Show the sizes of files and data of a repository",
    load: () => import("./commands/import/du.ts"),
  },
  {
    name: "exp",
    aliases: ["experiments"],
    summary: "Run, show and manage experiments",
    commands: expCommands,
  },
  {
    name: "expand",
    summary: "Print the jobs of a sweep, one a line",
    load: () => import("./commands/sweep/expand.ts"),
  },
  {
    name: "fetch",
    summary: "Download tracked data into the cache",
    load: () => import("./commands/data/fetch.ts"),
  },
  {
    name: "freeze",
    summary: "Keep stages from running, whatever changes",
    load: () => import("./commands/pipeline/freeze.ts"),
  },
  {
    name: "gc",
    summary: "Remove data from the cache that nothing needs",
    load: () => import("./commands/data/gc.ts"),
  },
  {
    name: "get",
    summary: "Copy a file or folder of another repository",
    load: () => import("./commands/import/get.ts"),
  },
  {
    name: "import",
    summary: "Copy and track data of another repository",
    load: () => import("./commands/import/import.ts"),
  },
  {
    name: "import-url",
    summary: "Copy and track data from a path or an address",
    load: () => import("./commands/import/import-url.ts"),
  },
  {
    name: "init",
    summary: "Make a folder a project",
    load: () => import("./commands/project/init.ts"),
  },
  {
    name: "install",
    summary: "Install Git hooks that look after data",
    load: () => import("./commands/project/install.ts"),
  },
  {
    name: "list",
    aliases: ["ls"],
    summary: "List the files and data of a repository",
    load: () => import("./commands/import/list.ts"),
  },
  {
    name: "matrix",
    summary: "Run a sweep as jobs of a CI system, and collect the results",
    usageExitCode: 2,
    commands: [
      {
        name: "collect",
        summary: "Collect the results of all jobs, and report what is missing",
        load: () => import("./commands/matrix/collect.ts"),
      },
      {
        name: "emit",
        summary: "Print the job matrix in the form of a CI system",
        load: () => import("./commands/matrix/emit.ts"),
      },
      {
        name: "init",
        summary: "Write a pipeline file for a CI system",
        load: () => import("./commands/matrix/init.ts"),
      },
      {
        name: "plan",
        summary: "Write down the points of a sweep",
        load: () => import("./commands/matrix/plan.ts"),
      },
      {
        name: "run",
        summary: "Run the points of one job, and push the results",
        load: () => import("./commands/matrix/run.ts"),
      },
    ],
  },
  {
    name: "metrics",
    summary: "Show metrics and their changes",
    commands: [
      { name: "diff", summary: "Show changes in metrics", load: () => import("./commands/metrics/metrics-diff.ts") },
      { name: "show", summary: "Print metrics", load: () => import("./commands/metrics/metrics-show.ts") },
    ],
  },
  {
    name: "move",
    aliases: ["mv"],
    summary: "Rename or move tracked data",
    load: () => import("./commands/data/move.ts"),
  },
  {
    name: "params",
    summary: "Show changes in parameters",
    commands: [
      { name: "diff", summary: "Show changes in parameters", load: () => import("./commands/metrics/params-diff.ts") },
    ],
  },
  {
    name: "parse",
    summary: "Explain how overrides are read",
    load: () => import("./commands/sweep/parse.ts"),
  },
  {
    name: "plots",
    summary: "Draw plots, and compare them",
    commands: [
      { name: "diff", summary: "Draw plots of several revisions", load: () => import("./commands/plots/diff.ts") },
      { name: "modify", summary: "Change how a plot is drawn", load: () => import("./commands/plots/modify.ts") },
      { name: "show", summary: "Draw plots of the workspace", load: () => import("./commands/plots/show.ts") },
      {
        name: "templates",
        summary: "List templates of plots, or print one",
        load: () => import("./commands/plots/templates.ts"),
      },
    ],
  },
  {
    name: "pull",
    summary: "Download tracked data and bring it into the workspace",
    load: () => import("./commands/data/pull.ts"),
  },
  {
    name: "push",
    summary: "Upload tracked data to a storage remote",
    load: () => import("./commands/data/push.ts"),
  },
  {
    name: "queue",
    summary: "Run and manage the queue of experiments",
    commands: queueCommands,
  },
  {
    name: "remote",
    summary: "Manage the places where data is shared",
    commands: [
      {
        name: "add",
        summary: "Add a remote",
        load: async () => ({ command: (await import("./commands/data/remote.ts")).add }),
      },
      {
        name: "default",
        summary: "Show or choose the default remote",
        load: async () => ({ command: (await import("./commands/data/remote.ts")).defaults }),
      },
      {
        name: "list",
        summary: "List remotes",
        load: async () => ({ command: (await import("./commands/data/remote.ts")).list }),
      },
      {
        name: "modify",
        summary: "Change an option of a remote",
        load: async () => ({ command: (await import("./commands/data/remote.ts")).modify }),
      },
      {
        name: "remove",
        aliases: ["rm"],
        summary: "Remove a remote",
        load: async () => ({ command: (await import("./commands/data/remote.ts")).remove }),
      },
    ],
  },
  {
    name: "remove",
    aliases: ["rm"],
    summary: "Stop tracking data, or take stages out of dvc.yaml",
    load: () => import("./commands/data/remove.ts"),
  },
  {
    name: "report",
    summary: "In a stage: report metrics of a step",
    load: () => import("./commands/pipeline/report.ts"),
  },
  {
    name: "repro",
    summary: "Run the stages of a pipeline that changed",
    load: () => import("./commands/pipeline/repro.ts"),
  },
  {
    name: "root",
    summary: "Print the path to the project's root",
    load: () => import("./commands/project/root.ts"),
  },
  {
    name: "search",
    summary: "Search for the best values of parameters, run by run",
    load: () => import("./commands/sweep/search.ts"),
  },
  {
    name: "stage",
    summary: "Add and list stages",
    commands: [
      {
        name: "add",
        summary: "Write a stage into dvc.yaml",
        takesCommand: true,
        load: () => import("./commands/pipeline/stage-add.ts"),
      },
      {
        name: "list",
        aliases: ["ls"],
        summary: "List stages",
        load: () => import("./commands/pipeline/stage-list.ts"),
      },
    ],
  },
  {
    name: "status",
    summary: "Show what changed since the stages last ran",
    load: () => import("./commands/pipeline/status.ts"),
  },
  {
    name: "studio",
    summary: "Live updates of experiments, to Studio",
    commands: studioCommands,
  },
  {
    name: "sweep",
    summary: "Queue all combinations of overrides, run them, show the results",
    load: () => import("./commands/sweep/sweep.ts"),
    commands: [
      {
        name: "list",
        aliases: ["ls"],
        summary: "List sweeps and what became of them",
        load: () => import("./commands/sweep/list.ts"),
      },
      {
        name: "show",
        summary: "Show a sweep and its points, the best first",
        load: () => import("./commands/sweep/show.ts"),
      },
    ],
  },
  {
    name: "ui",
    summary: "Show experiments on a page that lives",
    load: () => import("./commands/ui/ui.ts"),
  },
  {
    name: "unfreeze",
    summary: "Let frozen stages run again",
    load: () => import("./commands/pipeline/unfreeze.ts"),
  },
  {
    name: "unprotect",
    summary: "Make links into the cache files of their own",
    load: () => import("./commands/data/unprotect.ts"),
  },
  {
    name: "update",
    summary: "Bring imported data to what it is at its source now",
    load: () => import("./commands/import/update.ts"),
  },
  {
    name: "version",
    summary: "Print the versions of sweepline, Node and Git",
    load: () => import("./commands/project/version.ts"),
  },
];
