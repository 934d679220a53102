/** What a dvc.yaml may hold. The rules are DVC 3.67.1's (dvc/schema.py), read from its behaviour. */
import { isList, isMap } from "../../base/value.ts";
import { anything, byKind, type Check, flag, listCheck, mapOf, nothing, record, text } from "./check.ts";

const annotations = { desc: text, type: text, labels: listCheck(text), meta: anything };

const outputFlags = {
  ...annotations,
  cache: flag,
  persist: flag,
  checkpoint: flag,
  remote: text,
  push: flag,
};

const plotProperties = {
  template: text,
  x: text,
  y: text,
  x_label: text,
  y_label: text,
  title: text,
  header: flag,
};

const outputs = listCheck(
  byKind("a path or a path with flags", { text, map: mapOf(record({ fields: outputFlags })) }),
  "a list of outputs",
);

const plotFlags = record({ fields: { ...outputFlags, ...plotProperties } });
const plotOutputs = listCheck(
  byKind("a path or a path with properties", {
    text,
    map: mapOf(byKind("properties of a plot", { map: plotFlags, list: listCheck(plotFlags) })),
  }),
  "a list of plots",
);

/** DVC takes an empty one too, and then runs nothing. */
const commandText: Check = (value, path, report) => {
  text(value, path, report);
  if (value === "") report({ path, message: "the command is empty" });
};
const commandList: Check = (value, path, report) => {
  listCheck(commandText)(value, path, report);
  if (isList(value) && value.length === 0) report({ path, message: "the list of commands is empty" });
};
const command = byKind("a command or a list of commands", { text: commandText, list: commandList });
const vars = listCheck(byKind("a file name or a mapping", { text, map: anything }), "a list of files and mappings");
const parameters = listCheck(
  byKind("a parameter's name or a file with names", {
    text,
    map: mapOf(byKind("a list of names", { list: listCheck(text), none: nothing })),
  }),
  "a list of parameters",
);

const stageFields = {
  matrix: mapOf(byKind("a list or a template", { text, list: anything })),
  cmd: command,
  wdir: text,
  deps: listCheck(text, "a list of paths"),
  params: parameters,
  vars,
  frozen: flag,
  meta: anything,
  desc: text,
  always_changed: flag,
  outs: outputs,
  metrics: outputs,
  plots: plotOutputs,
};

const plainStage = record({ required: ["cmd"], fields: stageFields });
const foreachStage = record({
  required: ["foreach", "do"],
  fields: {
    foreach: byKind("a list, a mapping or a template", { text, list: anything, map: anything }),
    do: plainStage,
  },
});

const stage: Check = (value, path, report) => {
  const isForeach = isMap(value) && (value.has("foreach") || value.has("do"));
  (isForeach ? foreachStage : plainStage)(value, path, report);
};

const axis = byKind("a column or a file with columns", { text, list: listCheck(text), map: anything });
const topPlot = byKind("properties of a plot", {
  none: nothing,
  map: record({ fields: { x: axis, y: axis, x_label: text, y_label: text, title: text, template: text } }),
});

/** The whole file. */
export const pipelineFile: Check = record({
  fields: {
    datasets: anything,
    plots: listCheck(byKind("a path or a plot's definition", { text, map: mapOf(topPlot) }), "a list of plots"),
    stages: mapOf(stage),
    vars,
    params: listCheck(text, "a list of files"),
    metrics: listCheck(text, "a list of files"),
    artifacts: mapOf(record({ required: ["path"], fields: { path: text, ...annotations } })),
  },
});
