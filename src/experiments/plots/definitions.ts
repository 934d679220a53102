/** Which plots a revision defines (DVC 3.67.1, repo/plots/__init__.py): at the top of dvc.yaml files, as outputs, by target. */
import path from "node:path";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import type { PipelineFile } from "../../pipeline/definition/load.ts";
import { pathKey } from "../../pipeline/paths.ts";
import { namesMatching } from "../../project/name-patterns.ts";
import type { OpenRevision } from "../reading/experiment-data.ts";
import type { PlotDefinition } from "./types.ts";

export interface PlotChoice {
  /** Patterns of names, or files; none: all. Relative to the folder, as everything that is named. */
  readonly targets: readonly string[];
  /** What the command line says of all plots: it counts more than what is defined. */
  readonly props: ValueMap;
  /** The command's folder, relative to the project's root. */
  readonly folder: string;
}

const noProps: ValueMap = new Map();

/** As Python's `re.match`: from the start, not to the end. What is no pattern is a text. */
function patternOf(target: string): RegExp {
  try {
    return new RegExp(`^(?:${target})`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return new RegExp(`^${target.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&")}`);
  }
}

/** Throws BAD_OPTIONS for a pattern that would search for years. */
function isWanted({ targets }: PlotChoice, file: string, id: string): boolean {
  return targets.length === 0 || namesMatching(targets.map(patternOf), [id, `${file}::${id}`]).size > 0;
}

/** By file and id, where a later one adds to an earlier one. */
class Definitions {
  private readonly byFile = new Map<string, Map<string, ValueMap>>();
  hasFiles = false;

  add(file: string, id: string, props: ValueMap): void {
    const known = this.byFile.get(file) ?? new Map<string, ValueMap>();
    this.byFile.set(file, known.set(id, new Map([...(known.get(id) ?? []), ...props])));
  }

  list(): readonly PlotDefinition[] {
    return [...this.byFile].flatMap(([file, plots]) => [...plots].map(([id, props]) => ({ file, id, props })));
  }
}

/** Names of the revision's files, as the user's folder has them, and the other way round. */
export function plotNames(folder: string) {
  return {
    shown: (file: string) => path.posix.relative(folder, file),
    inProject: (name: string) => path.posix.normalize(path.posix.join(folder, name)),
  };
}

function filesOf({ files }: OpenRevision, { folder }: PlotChoice, name: string): readonly string[] {
  const names = plotNames(folder);
  const file = names.inProject(name);
  return files.find(file).kind === "folder" ? files.filesBelow(file).map(names.shown) : [name];
}

function commonFolder(a: string, b: string): string {
  const [left, right] = [a.split("/"), b.split("/")];
  const differs = left.findIndex((part, at) => part !== right[at]);
  return (differs === -1 ? left : left.slice(0, differs)).join("/");
}

/** Of nested definitions the innermost counts. */
function isOwner(file: string, owner: string, owners: readonly string[]): boolean {
  const best = owners.map((each) => commonFolder(file, each)).reduce((a, b) => (b.length > a.length ? b : a), "");
  return best === owner;
}

function axisFrom(folder: string, axis: Value): Value {
  if (!isMap(axis)) return axis;
  return new Map([...axis].map(([file, columns]) => [path.posix.join(folder, String(file)), columns]));
}

/** With `y: {file: column}` files are named from the dvc.yaml's folder. */
function withFilesFrom(folder: string, props: ValueMap): ValueMap {
  return new Map([...props].map(([key, value]) => [key, key === "x" || key === "y" ? axisFrom(folder, value) : value]));
}

function entriesOf(plots: readonly Value[]): ReadonlyMap<string, ValueMap> {
  const entries = plots.flatMap((plot): readonly (readonly [Scalar, Value])[] =>
    isMap(plot) ? [...plot] : isList(plot) ? [] : [[plot, null]],
  );
  return new Map(entries.map(([id, props]) => [String(id), isMap(props) ? props : noProps]));
}

/** What the command looks at, and where. */
interface Asked {
  readonly revision: OpenRevision;
  readonly choice: PlotChoice;
}

function addTopLevel(into: Definitions, pipeline: PipelineFile, { revision, choice }: Asked): void {
  if (pipeline.plots.length === 0) return;
  into.hasFiles = true;
  const file = plotNames(choice.folder).shown(pipeline.file);
  const folder = path.posix.dirname(file);
  const entries = entriesOf(pipeline.plots);
  const owners = [...entries.keys()].map((id) => path.posix.join(folder, id));
  for (const [id, props] of entries) {
    if (!isWanted(choice, file, id)) continue;
    const all = new Map([...props, ...choice.props]);
    if (isMap(props.get("y"))) into.add(file, id, withFilesFrom(folder, all));
    else {
      const owner = path.posix.join(folder, id);
      for (const each of filesOf(revision, choice, owner)) if (isOwner(each, owner, owners)) into.add(file, each, all);
    }
  }
}

/** Outputs that are plots, by name from the command's folder. */
export function plotOutputs({ reading }: OpenRevision, folder: string): ReadonlyMap<string, ValueMap> {
  const { shown } = plotNames(folder);
  return new Map(
    reading.stages.flatMap((stage) =>
      stage.outs
        .filter(({ kind }) => kind === "plot")
        .map((output) => {
          const file = pathKey(reading.project.root, path.resolve(stage.workingFolder, output.path));
          return [shown(file), output.plot ?? noProps] as const;
        }),
    ),
  );
}

/** All plots of the choice, in the order of DVC. Throws NotLoaded, and BAD_OPTIONS for a target that would search for years. */
export function plotDefinitions(revision: OpenRevision, choice: PlotChoice): readonly PlotDefinition[] {
  const found = new Definitions();
  for (const pipeline of revision.reading.pipelines) addTopLevel(found, pipeline, { revision, choice });
  for (const [name, props] of plotOutputs(revision, choice.folder))
    if (isWanted(choice, "dvc.yaml", name))
      for (const each of filesOf(revision, choice, name)) found.add("", each, new Map([...props, ...choice.props]));
  const isAnything = found.hasFiles || found.list().length > 0;
  const { inProject } = plotNames(choice.folder);
  for (const target of choice.targets)
    if (!isAnything || revision.files.find(inProject(target)).kind !== "missing")
      for (const each of filesOf(revision, choice, path.posix.normalize(target))) found.add("", each, choice.props);
  return found.list();
}
