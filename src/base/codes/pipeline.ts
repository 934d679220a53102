import type { CodeTable } from "./table.ts";

/** Pipeline files, stages and their runs. */
export const pipelineCodes = {
  BAD_STAGE_NAME: ["A name can't be that of a stage.", "Use letters, digits, '_' and '-'."],
  BAD_WORKING_FOLDER: ["The working folder of a stage is not there, or is no folder.", "Make it, or correct `wdir`."],
  CANNOT_FREEZE: [
    "A stage that `foreach` or `matrix` generates can't be frozen alone.",
    "Write `frozen: true` into the definition: it is for all of them.",
  ],
  CHECKPOINTS_NEED_EXPERIMENT: [
    "A stage with `checkpoint: true` outputs would be run outside of an experiment.",
    "Run it with `sweepline exp run`, or with a sweep.",
  ],
  COMMAND_NOT_STARTED: [
    "The command of a stage could not be started.",
    "The message has the system's reason; `ulimit -a` shows the limits.",
  ],
  DATA_MISSING: [
    "Data that a .dvc file tracks is not there.",
    "`sweepline pull` fetches it, `sweepline checkout` takes it from the cache.",
  ],
  DEPENDENCY_MISSING: ["A dependency of a stage is not there.", "Make it, or correct the path in dvc.yaml."],
  DEPENDENCY_REMOTE: ["A dependency is not a local file.", "Download it in a stage of its own."],
  DVC_FILE_AS_DATA: ["A dvc.yaml, dvc.lock or .dvc file is used as data.", "Name the data itself."],
  DVC_FILE_INVALID: ["A .dvc file can't be used.", "Correct it, or add the data again."],
  IMPORT_UNSUPPORTED: [
    "A stage imports data from elsewhere.",
    "Freeze it, or bring it up to date with `sweepline update`.",
  ],
  INPUTS_EDITED: [
    "An input changed while the stage ran, so nobody knows what its result belongs to.",
    "Run it again, or record what is there with `sweepline commit STAGE`.",
  ],
  LOCK_BROKEN: ["A lock file can't be read.", "Restore it from Git, or remove it and run `sweepline repro`."],
  LOCK_CONFLICTED: ["A lock file has merge conflicts.", "Resolve them, or remove the file and run `sweepline repro`."],
  LOCK_IS_LINK: ["A lock file is a symbolic link.", "Put the file itself in its place."],
  LOCK_NEWER: ["A lock file has a newer format.", "Use a later version of sweepline."],
  NOT_CONFIRMED: ["What had to be confirmed was not.", "Run it again and agree, or use `--force`."],
  NO_COMMAND: ["A stage has no command.", "Give it one."],
  OUTPUT_DUPLICATE: ["Two stages have one output, or one stage has it twice.", "Remove it from one of them."],
  OUTPUT_MISSING: ["An output is not there.", "Make the command write it, or correct the path."],
  OUTPUT_OF_STAGE: ["What is to be added is an output of a stage.", "Run the pipeline: its stages make their outputs."],
  OUTPUT_OVERLAP: ["One output lies inside another.", "Keep the folder or the file, not both."],
  OUTPUT_TRACKED: ["Git tracks an output.", "`git rm -r --cached PATH`, then commit."],
  OUTSIDE_PROJECT: ["A path is outside of the project.", "Use paths inside of it; copy data into it."],
  PARAMS_MISSING: ["Parameters that a stage depends on are not in their file.", "Add them, or correct `params:`."],
  PARAMS_NOT_STORABLE: [
    "A parameter can't be kept in a lock file.",
    "Track other keys by name, or write the value as a string.",
  ],
  PATH_TWICE: ["A stage has a path twice.", "Remove one."],
  PIPELINE_FILE_INVALID: ["A dvc.yaml is not valid.", "Correct the places that are listed."],
  PLOT_PROPERTY: ["A property of a plot is to be taken away that it has not.", "dvc.yaml shows what it has."],
  PLOT_TEMPLATE: [
    "A template of a plot or of its page is not there, or has no place for data.",
    "`sweepline plots templates` lists those that are there, and prints one to start from.",
  ],
  REPRODUCE_FAILED: [
    "Several stages failed, for different reasons; where there is one reason, its code is told instead.",
    "The lines above say why each failed.",
  ],
  SHELL_CHARACTERS: [
    "Values with shell characters stand in commands, and `--strict` refuses that.",
    "Quote the interpolation in the command, or leave out `--strict`.",
  ],
  STAGE_CYCLE: ["Stages depend on each other in a circle.", "Take one of the dependencies away."],
  STAGE_EXISTS: ["A stage of this name exists.", "Choose another name, or use `--force`."],
  STAGE_FAILED: [
    "The command of a stage ended with a failure.",
    "The log has what it printed: `sweepline exp logs NAME`.",
  ],
  STAGE_FILE_MISSING: ["A dvc.yaml or .dvc file is not there.", "Check the path."],
  STAGE_GENERATED: [
    "A stage that `foreach` or `matrix` generates can't be removed alone.",
    "Take the definition out of dvc.yaml, or one of its values.",
  ],
  STAGE_INSIDE_OUTPUT: ["A pipeline file lies inside an output.", "Move one of them."],
  STAGE_NOT_FOUND: ["There is no stage of this name.", "`sweepline stage list` lists them."],
  TARGETS_NOT_MATCHED: [
    "A pattern of `--glob` names nothing.",
    "Correct it: it stands for files and folders that are there.",
  ],
  TARGET_IS_LOCK_FILE: ["A target is a lock file.", "Name the dvc.yaml."],
  TEMPLATE_FILE_INVALID: [
    "A file of values for dvc.yaml can't be read.",
    "Correct it at the line and column that are named.",
  ],
  TEMPLATE_INVALID: ["An interpolation in dvc.yaml can't be resolved.", "Correct the places that are listed."],
} as const satisfies CodeTable;
