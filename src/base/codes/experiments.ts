import type { CodeTable } from "./table.ts";

/** Experiments, the queue and its workers. */
export const experimentCodes = {
  APPLY_HALF_DONE: [
    "An experiment could not be applied, and the workspace not be put back.",
    "The hint has the command that brings the files back.",
  ],
  BAD_BRANCH: ["The name can't be that of a Git branch.", "Choose another one."],
  BAD_NAME: [
    "The name can't be that of an experiment.",
    "Use letters, digits, '.', '_' and '-', and no name of a branch.",
  ],
  BRANCH_EXISTS: ["A branch of this name exists.", "Give another name."],
  BUG: [
    "An experiment met a mistake of sweepline's own.",
    "Its log has the stack: please report it. The other experiments went on.",
  ],
  CHECKPOINT_EDITED: [
    "An output that a checkpoint would replace was changed, and its content is nowhere else.",
    "Move it away, or start over with `--reset`.",
  ],
  CHECKPOINT_LOST: [
    "The data of a checkpoint that is to be continued is not in the cache.",
    "`sweepline pull` may fetch it; `--reset` starts over.",
  ],
  CHECKPOINT_UNHEARD: [
    "`sweepline checkpoint` was called where nobody keeps checkpoints.",
    "It belongs into the command of a stage with a `checkpoint: true` output that `sweepline exp run` or a sweep runs.",
  ],
  COMMIT_REFUSED: ["A result could not be recorded.", "Nothing is lost: the hint has the command that keeps it."],
  COPY_GONE: ["A workspace copy was removed while stages ran in it.", "Run the experiment again."],
  COPY_PATH_MISSING: ["A path of `--copy-paths` is not there.", "It takes files and folders of this repository."],
  ENTRY_BROKEN: ["A queue entry can't be read.", "`sweepline queue remove` takes it out of the queue."],
  HELPER_ENDED: [
    "A program that helps with a search has ended or failed.",
    "The message has its words; the same command goes on.",
  ],
  KILLED: ["An experiment was ended by `sweepline queue kill`.", "`sweepline queue retry` runs it again."],
  LOCKED: ["Another process is at work here.", "Wait for it to end, then try again."],
  LOGGED_IN: ["A token of Studio is kept already.", "`sweepline studio logout` first, or `--force`."],
  LOST: [
    "The worker of an experiment was lost, more than once.",
    "See the log; memory that was used up is a usual cause.",
  ],
  MLFLOW_FAILED: ["A server of MLflow did not take runs.", "The message has its reason; the same command goes on."],
  NAME_AMBIGUOUS: ["Several experiments have this name.", "Use one of the full names of refs that are listed."],
  NAME_TAKEN: ["An experiment of this name exists.", "Choose another name, or replace it with `--force`."],
  NOTE_TOO_LONG: [
    "A note or its tags are more than is kept.",
    "Put it into a file of the experiment, or use fewer tags.",
  ],
  NOT_AN_EXPERIMENT: ["There is no experiment of this name.", "`sweepline exp list -A` lists them."],
  NOT_A_TASK: ["There is no entry of this name in the queue.", "`sweepline queue status` lists them."],
  NOT_KILLED: [
    "An experiment did not end when it was told to.",
    "`sweepline queue status --json` names the process that runs it.",
  ],
  NOT_LOGGED_IN: ["No token of Studio is kept.", "`sweepline studio login` keeps one."],
  NOT_RUNNING: ["An experiment does not run.", "`sweepline queue status` lists what is running."],
  NOT_STARTED: [
    "Workers, a program in the background or an experiment did not start.",
    "The message has the reason, or names the log that has it; `sweepline queue start` starts workers.",
  ],
  NOT_STOPPED: ["The queue workers did not answer.", "See the log that is named."],
  NO_LOG: ["There is no log of the experiment.", "Logs are kept in the repository where it ran."],
  NO_TOKEN: [
    "No access token of Studio was given, or what was given is none.",
    "Type it, or give it on the standard input.",
  ],
  OPTUNA_MISSING: [
    "Optuna, which is to propose points, is not there.",
    "Install it as the hint says, or search with `--sampler random` or `sobol`.",
  ],
  RESULT_UNREADABLE: ["What an experiment left behind can't be committed.", "The message has Git's reason."],
  REVISION_TOO_LARGE: [
    "A commit holds more files, deeper folders or larger files than are read for a table.",
    "Other rows are shown. `SWEEPLINE_MAX_FILE_SIZE` raises the limit of bytes.",
  ],
  REVISION_UNREADABLE: ["The experiment or commit to compare with can't be read.", "The message says why."],
  RUNNING: ["The experiments are running.", "`sweepline queue kill` ends them."],
  STAGE_REFUSED: [
    "A stage could not be run: the machine refused something.",
    "The message has its reason: a full disk, a file that can't be read.",
  ],
  STOPPING: ["The queue workers are about to stop.", "Wait, or end them with `sweepline queue stop --kill`."],
  SUSPENDED: [
    "The process that runs the queue is stopped (Ctrl+Z or SIGSTOP).",
    "`kill -CONT PID` lets it go on, `kill -KILL PID` ends it.",
  ],
  SWEEP_UNKNOWN: [
    "No experiment that would be shown belongs to the sweep.",
    "`sweep` prints the id of each sweep; without `--rev` those of all commits are looked at.",
  ],
  TIMED_OUT: ["An experiment ran longer than `--timeout`.", "Give it more time, or make it faster."],
} as const satisfies CodeTable;
