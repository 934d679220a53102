import type { CodeTable } from "./table.ts";

/** Parameter files, metrics and other files of values, and changes of them. */
export const paramCodes = {
  JSON_DUPLICATE_KEY: ["A JSON file has a key twice.", "Keep one of them."],
  JSON_INVALID: ["A JSON file can't be read.", "Correct it at the line and column that are named."],
  PARAMS_FILE_TOO_LARGE: ["A file is too large for parameters or metrics.", "Keep data in an output of a stage."],
  PARAMS_IS_FOLDER: ["A parameter file is a folder.", "Name a file in `params:`."],
  PARAMS_MERGE_CONFLICT: ["A file has unresolved merge conflicts.", "Resolve them."],
  PARAMS_NOT_UTF8: ["A file is not in UTF-8.", "Save it as UTF-8."],
  PARAMS_TOO_DEEP: ["Values of a file are nested too deeply.", "Make it flatter."],
  PARAM_AMBIGUOUS: ["A pattern in `params:` matches several keys.", "Name each of them."],
  PARAM_BAD_INDEX: [
    "An override names an element that the list has not.",
    "Use an index below its length; `extend_list(...)` appends.",
  ],
  PARAM_BAD_KEY: ["A key of an override's value is null.", "The text 'null' goes into quotes."],
  PARAM_EDIT_IMPOSSIBLE: [
    "A change can't be made without touching the rest of the file.",
    "Make it by hand, and report it.",
  ],
  PARAM_EXISTS: ["An override adds a key that is there.", "Leave out `+`, or use `++`."],
  PARAM_INTERPOLATION: [
    "An interpolation in an override's value leads nowhere.",
    "Name a key that exists; a backslash before `$` keeps the text as it is.",
  ],
  PARAM_IS_NULL: ["An override deletes a key whose value is null, as Hydra refuses to.", "Give it a value first."],
  PARAM_KIND_CONFLICT: [
    "An override mixes mappings, lists and single values.",
    "Delete the old value first, or give one of the same kind.",
  ],
  PARAM_MISSING_VALUE: ["An override sets `???`, which marks a missing value.", "Give a value."],
  PARAM_NOT_A_MAPPING: ["The parameter file holds no mapping.", "Start it with keys."],
  PARAM_NOT_LITERAL: ["A name in a Python file is computed, so it can't be set.", "Give it a literal by hand."],
  PARAM_NO_VALUE: ["An override has no value.", "Write `key=value`."],
  PARAM_UNKNOWN_KEY: [
    "An override names a key that the file has not.",
    "Correct the key, or add it with `+key=value`.",
  ],
  PARAM_VALUE_DIFFERS: ["A key to be deleted has another value.", "Leave out the value: `~key`."],
  PYTHON_BAD_NAME: ["A key can't be a name in Python.", "Choose another one."],
  PYTHON_CLASS: ["A class in a Python file can't be changed as a whole.", "Change the values that it assigns."],
  PYTHON_INVALID: ["A Python file can't be read.", "Correct it at the line and column that are named."],
  PYTHON_NO_NAN: ["Python has no literal for nan.", "Keep the parameter in another file, or give a number."],
  TOML_INVALID: ["A TOML file can't be read or edited.", "Correct it at the line and column that are named."],
  TOML_NO_NULL: ["TOML has no null.", "Delete the key (`~key`), or use a YAML or JSON file."],
  YAML_INVALID: ["A YAML file can't be read.", "Correct it at the line and column that are named."],
  YAML_TOO_DEEP: ["Values of a YAML file are nested too deeply.", "Make it flatter."],
  YAML_TOO_LARGE: [
    "A YAML file has too many values, with those that aliases repeat.",
    "Keep data in an output of a stage.",
  ],
} as const satisfies CodeTable;
