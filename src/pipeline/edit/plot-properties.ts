/** How a stage's plot is to be drawn, changed in its dvc.yaml (`plots modify`). */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { readPlainFile, writeAtomic } from "../../base/files.ts";
import { compareCodePoints } from "../../base/python.ts";
import { quotedList } from "../../base/text/listing.ts";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import type { Project } from "../../project/project.ts";
import { readPipelineSource } from "../definition/source.ts";
import { plotPropertyNames } from "../definition/stage.ts";
import { loadProjectStages } from "../reading/project-stages.ts";
import type { Stage } from "../types.ts";
import { withStage } from "./stage-text.ts";

export interface PlotChange {
  /** Absolute: an output of a stage. */
  readonly target: string;
  /** As the user calls it. */
  readonly shown: string;
  readonly props: ValueMap;
  /** Properties to take away; undefined: none are asked for. */
  readonly unset: readonly string[] | undefined;
}

const lists = ["outs", "metrics", "plots"] as const;

interface Found {
  readonly list: (typeof lists)[number];
  readonly name: string;
  readonly flags: ValueMap;
}

function noOutput(shown: string): SweeplineError {
  return new SweeplineError({
    code: "STAGE_NOT_FOUND",
    message: `Unable to find DVC file with output '${shown}'`,
    hint: "Name an output of a stage; plots at the top of a dvc.yaml are changed there by hand.",
  });
}

function entriesOf(list: Value | undefined): readonly (readonly [name: string, flags: ValueMap])[] {
  if (!isList(list)) return [];
  return list.flatMap((entry) =>
    isMap(entry)
      ? [...entry].map(([name, flags]) => [String(name), isMap(flags) ? flags : new Map()] as const)
      : [[String(entry), new Map()] as const],
  );
}

function findOutput(definition: ValueMap, stage: Stage, target: string): Found | undefined {
  for (const list of lists)
    for (const [name, flags] of entriesOf(definition.get(list)))
      if (path.resolve(stage.workingFolder, name) === target) return { list, name, flags };
  return undefined;
}

/** Errors: PLOT_PROPERTY where one is to be taken away that is not there. */
function changedFlags({ list, name, flags }: Found, { props, unset }: PlotChange): ValueMap {
  if (list !== "plots" && unset !== undefined)
    throw new SweeplineError({
      code: "PLOT_PROPERTY",
      message: `'${name}' is not a known plot. Use \`sweepline plots modify\` with a property to turn it into one.`,
    });
  const missing = (unset ?? []).filter(
    (each) => !flags.has(each) || !plotPropertyNames.some((known) => known === each),
  );
  if (missing.length > 0)
    throw new SweeplineError({
      code: "PLOT_PROPERTY",
      message: `display properties [${quotedList(missing)}] not found in plot '${name}'`,
    });
  return new Map([...[...flags].filter(([key]) => !unset?.includes(String(key))), ...props]);
}

function listOf(entries: readonly (readonly [name: string, flags: ValueMap])[]): readonly Value[] {
  return entries.map(([name, flags]) => (flags.size === 0 ? name : new Map([[name, flags]])));
}

/** The stage's definition with the output among its plots, which are sorted, as DVC writes them. */
function changedDefinition(definition: ValueMap, found: Found, flags: ValueMap): ValueMap {
  const plots = entriesOf(definition.get("plots")).filter(([name]) => name !== found.name);
  const sorted = [...plots, [found.name, flags] as const].sort(([a], [b]) => compareCodePoints(a, b));
  const left = entriesOf(definition.get(found.list)).filter(([name]) => name !== found.name);
  const changed = new Map<Scalar, Value>(definition);
  if (found.list !== "plots") {
    if (left.length === 0) changed.delete(found.list);
    else changed.set(found.list, listOf(left));
  }
  return changed.set("plots", listOf(sorted));
}

/**
 * Changes properties of a plot; another output of a stage becomes one. Answers the stage whose dvc.yaml was written.
 * Errors: STAGE_NOT_FOUND, STAGE_GENERATED, PLOT_PROPERTY.
 */
export async function modifyPlot(project: Project, change: PlotChange): Promise<Stage> {
  const { stages } = await loadProjectStages(project);
  const isOwner = ({ workingFolder, outs }: Stage) =>
    outs.some((output) => path.resolve(workingFolder, output.path) === change.target);
  const stage = stages.find((each) => each.cmd !== null && isOwner(each));
  if (stage === undefined) throw noOutput(change.shown);
  const file = path.join(project.root, stage.file);
  const source = readPipelineSource(stage.file, { id: undefined, bytes: readPlainFile(file) });
  const all = source.data.get("stages");
  const definition = isMap(all) ? all.get(stage.name) : undefined;
  const found = isMap(definition) ? findOutput(definition, stage, change.target) : undefined;
  if (!isMap(definition) || found === undefined)
    throw new SweeplineError({
      code: "STAGE_GENERATED",
      message: `the stage of '${change.shown}' is made by a template, which can't be changed here: '${stage.address}'`,
      hint: "Write the properties into its definition by hand: they are for all that it makes.",
    });
  const changed = changedDefinition(definition, found, changedFlags(found, change));
  writeAtomic(file, withStage({ file: stage.file, text: source.text, name: stage.name, definition: changed }));
  return stage;
}
