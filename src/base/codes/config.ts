import type { CodeTable } from "./table.ts";

/** Composed configs: groups, defaults lists and interpolations. */
export const configCodes = {
  CONFIG_BAD_CHOICE: ["An interpolation in a defaults list can't be resolved.", "Use one of the keys that are listed."],
  CONFIG_BAD_DEFAULTS: ["A defaults list can't be read.", "Write: `defaults: [_self_, group: option]`."],
  CONFIG_BAD_HEADER: ["The header of a config file can't be read.", "Write `# @package foo.bar`."],
  CONFIG_BAD_INDEX: [
    "An override names an element that the list has not.",
    "Use an index below its length; `extend_list(...)` appends.",
  ],
  CONFIG_BAD_KEY: ["A key of a config is null.", "Quote it: 'null'."],
  CONFIG_BAD_OPTION: [
    "What a config group chooses is neither a name nor a list of names.",
    "Put a name that reads as a number or true into quotes.",
  ],
  CONFIG_BAD_SEARCH_PATH: ["`hydra.searchpath` is not a list of texts.", "Write: `searchpath: [file://conf/more]`."],
  CONFIG_BAD_SWEEP: [
    "A setting of `hydra.sweeper` can't be read.",
    "In `params` map keys to texts in the language of overrides. docs/hydra-configs.md has the others.",
  ],
  CONFIG_CHOSEN_TWICE: [
    "A config group got two options.",
    "In a defaults list write `override group: option`; on the command line leave out `+`.",
  ],
  CONFIG_CIRCLE: [
    "Defaults lists include each other without end.",
    "Take one of them out of the circle that is shown.",
  ],
  CONFIG_FOLDER_MISSING: ["The folder of the configs is not there.", "Make it, or correct `hydra.config_dir`."],
  CONFIG_GROUP_FORCED: [
    "`++` with a config group.",
    "Write `group=option` for a group of the defaults list, else `+group=option`.",
  ],
  CONFIG_GROUP_NOT_LISTED: [
    "An override chooses for a group that no defaults list has.",
    "Add the group with `+group=option`.",
  ],
  CONFIG_INTERPOLATION: ["An interpolation in a config can't be resolved.", "Correct it at the place that is named."],
  CONFIG_KEY_EXISTS: ["An override adds a key that is there.", "Leave out `+`, or use `++`."],
  CONFIG_KIND_CONFLICT: [
    "A mapping, a list and a single value can't be merged.",
    "Give one of them another name, or make both of one kind.",
  ],
  CONFIG_LISTED_TWICE: [
    "A group is in the defaults list more than once.",
    "To choose another option write `override group: option`.",
  ],
  CONFIG_MISSING: [
    "A config named in a defaults list or on the command line is not there.",
    "The hint says where it was looked for.",
  ],
  CONFIG_MISSING_VALUE: ["A value is `???`, so it has to be given.", "Give it on the command line or in a config."],
  CONFIG_NEEDS_PYTHON: [
    "A setting can be read by Python only.",
    "Name folders and files instead, or run with `--no-hydra`.",
  ],
  CONFIG_NOTHING_TO_DELETE: ["An override deletes a group that no defaults list chooses.", "Correct the name."],
  CONFIG_NOT_A_MAPPING: ["A config is no mapping.", "Start it with keys."],
  CONFIG_NOT_CHOSEN: ["A group has no option yet (`???`).", "Choose one: `group=option`."],
  CONFIG_NO_SUCH_GROUP: [
    "An override chooses for a group that does not exist.",
    "A group is a folder of config files below the config folder.",
  ],
  CONFIG_OVERRIDE_TOO_EARLY: [
    "An `override` in a defaults list stands before other entries.",
    "Put overrides at the end of the list.",
  ],
  CONFIG_OVERRIDE_TOO_LATE: [
    "An `override` stands below a choice by interpolation.",
    "Move it to the config that holds the choice.",
  ],
  CONFIG_PARENT_TRAVERSAL: [
    "A path in a defaults list, or an option of a group, leads upwards (`..`).",
    "Name the config from the top: `/config`, `/group: option`.",
  ],
  CONFIG_TWO_SELVES: ["A defaults list has `_self_` twice.", "Keep one."],
  CONFIG_UNKNOWN_HYDRA_KEY: ["A key below `hydra` is no setting of Hydra.", "Own values go outside of `hydra`."],
  CONFIG_UNKNOWN_KEY: [
    "An override names a key that the config has not.",
    "Correct the key, or add it with `+key=value`.",
  ],
  CONFIG_VALUE_DIFFERS: ["A key to be deleted has another value.", "Leave out the value: `~key`."],
} as const satisfies CodeTable;
