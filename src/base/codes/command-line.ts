import type { CodeTable } from "./table.ts";

/** The command line, the project and its settings. */
export const commandLineCodes = {
  AMBIGUOUS_SORT_COLUMN: [
    "Several columns have the name that an option has.",
    "Put the file in front: `metrics.json:loss`.",
  ],
  BAD_FOLDER: ["The folder of `--cd` can't be used.", "Name a folder that exists and may be entered."],
  BAD_OPTIONS: [
    "Options exclude each other, or an option has a wrong value.",
    "The message names them; `--help` has all.",
  ],
  CONFIG_INVALID: [
    "A settings file, such as `.dvc/config`, can't be read.",
    "Correct the line or option that is named.",
  ],
  ENGINE_REFUSED: [
    "The engine does not take the experiments, with the reason it gives: a partition that is not there, a limit of the site.",
    "Correct the option that it names (`--slurm`). The experiments wait in the queue.",
  ],
  ENGINE_UNAVAILABLE: [
    "The engine that `--engine` names is not known, or can't be used from here.",
    "The message says what is missing; `--engine local` runs on this machine.",
  ],
  FILE_EXISTS: [
    "A file that would be written is there, and is something else.",
    "Move it away, or replace it with `--force`.",
  ],
  FILE_MISSING: [
    "A file named on the command line is not there, or is a folder.",
    "Check the path: it starts at the current folder.",
  ],
  FILE_TOO_LARGE: [
    "A file is larger than what is read into memory.",
    "Keep data in an output of a stage; or raise the limit with `SWEEPLINE_MAX_FILE_SIZE=2G` in the environment.",
  ],
  FILTER_INVALID: [
    "The condition of `--where`, `--when` or `--constraint` can't be read. Exit code 254.",
    "The caret shows the place; `--help` has the language.",
  ],
  FILTER_NAME_UNKNOWN: [
    "A condition names what no experiment, or no key of the sweep, has, or what several may be.",
    'Correct the name that the caret shows; a text is quoted: `optimizer == "sgd"`.',
  ],
  IGNORED_BY_GIT: ["Git ignores `.dvc`, which has to be tracked.", "Add `!.dvc` to .gitignore."],
  NOTHING_CHOSEN: ["The command was not told what to work on.", "Give names, or one of the options that are listed."],
  NOT_A_FILE: [
    "A path that is to be read is a folder, a pipe, a socket or a device (exit code 66 but for a folder).",
    "Put a file in its place.",
  ],
  NOT_A_PROJECT: [
    "There is no project here, nor in a folder above.",
    "`sweepline init` starts one; or change the folder.",
  ],
  NOT_IN_GIT: ["The folder is in no Git repository.", "`git init` first, or use `--no-scm` or `--subdir`."],
  NO_PLACE: ["`queue move` was not told where to.", "Use one of `--first`, `--last` and `--before NAME`."],
  PORT_REFUSED: [
    "The port of `sweepline ui` is in use, or is not to be had.",
    "Name another one, or leave out `--port`: then a free one is found.",
  ],
  PROJECT_EXISTS: [
    "`.dvc` is there already.",
    "Use it; `sweepline init --force` makes a new one and removes the old one's cache.",
  ],
  REQUEST_FIELD: [
    "A request on the standard input lacks a field, or it has the wrong type.",
    "Correct the line that is named.",
  ],
  REQUEST_NOT_JSON: [
    "A line of the standard input is not a JSON object.",
    'Write one object a line: `{"id": "1", "input": "lr=0.1"}`.',
  ],
  SETTING_INVALID: [
    "A setting of ours in Git's configuration has a wrong value.",
    "The message names it; `git config` changes it.",
  ],
  STOPPED: [
    "The command was stopped before it ended.",
    "Run it again: stages that ended well are recorded and not run again.",
  ],
  UNKNOWN_COLUMN: [
    "No column has a name that `--columns` or `--curve` has.",
    "`sweepline exp show --csv` has all names in its first line; those of plots files are in the files.",
  ],
  UNKNOWN_COMMAND: ["There is no command of this name.", "`sweepline help` lists them."],
  UNKNOWN_SORT_COLUMN: [
    "No column has the name that `--sort-by`, `--best`, `--group-by`, `--fold` or `--metric` has.",
    "The hint names columns; `sweepline exp show --csv` has all names in its first line.",
  ],
} as const satisfies CodeTable;
