/** From the stages as written to the stages that run: templates filled in, foreach and matrix multiplied out. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { someLines } from "../../base/text/listing.ts";
import { isList, isMap, type Scalar, type Value, type ValueMap } from "../../base/value.ts";
import type { ArgumentStyle } from "../../project/project.ts";
import type { ShellHazard } from "../types.ts";
import { defaultArgumentStyle } from "./arguments.ts";
import type { SchemaProblem } from "./check.ts";
import {
  type Context,
  emptyContext,
  fileContext,
  fileOf,
  type ReadTemplateFile,
  TemplateProblem,
  varsOf,
  withVars,
} from "./context.ts";
import { type FillOptions, fill, holdsReference, type Scope, type Templates } from "./fill.ts";
import { foreachMembers, type Member, matrixMembers } from "./members.ts";
import { shellHazards } from "./shell-hazards.ts";
import { keyFinder } from "./source.ts";
import { asText } from "./stage.ts";

export interface DefinitionSource {
  /** dvc.yaml, relative to the project's root. */
  readonly file: string;
  readonly text: string;
  /** Absolute. */
  readonly folder: string;
  readonly data: ValueMap;
  readonly read: ReadTemplateFile;
  readonly templates: Templates;
  readonly style?: ArgumentStyle;
}

export interface ExpandedStage {
  readonly name: string;
  readonly definition: ValueMap;
  readonly shellHazards: readonly ShellHazard[];
  readonly hiddenVars: readonly string[];
  /** What its templates see beside parameter files, by dotted key. */
  readonly templateValues: ReadonlyMap<string, Value>;
  /** What its templates take from parameter files (absolute), by dotted key. */
  readonly takenValues: TakenValues;
}

type TakenValues = ReadonlyMap<string, ReadonlyMap<string, Value>>;

export interface ExpandedFile {
  readonly stages: readonly ExpandedStage[];
  /** Names of the stages that a foreach or matrix entry stands for. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly top: {
    readonly params: Value | undefined;
    readonly metrics: Value | undefined;
    readonly plots: Value | undefined;
    readonly artifacts: Value | undefined;
  };
}

interface Issue {
  /** Path in the file, for its line. */
  readonly path: readonly Scalar[];
  /** As DVC names the place: `stages.b@us.cmd`. */
  readonly where: string;
  readonly message: string;
  /** The file whose absence it is, absolute. */
  readonly missing?: string | undefined;
}

class Expansion {
  readonly stages: ExpandedStage[] = [];
  readonly groups = new Map<string, readonly string[]>();
  readonly issues: Issue[] = [];
  private readonly style: ArgumentStyle;
  private readonly context: Context;
  private fileVars: ReadonlyMap<string, Value> | undefined;

  constructor(private readonly source: DefinitionSource) {
    this.style = source.style ?? defaultArgumentStyle;
    this.context = this.openContext();
  }

  private openContext(): Context {
    const { data, text, folder, read } = this.source;
    const vars = data.get("vars");
    const list = isList(vars) ? vars : [];
    // A file without templates does not need params.yaml at all.
    if (list.length === 0 && !text.includes("${")) return emptyContext;
    const place = { path: ["vars"], where: "vars" };
    return (
      this.attempt(place, () => {
        if (holdsReference(list, this.source.templates)) throw new TemplateProblem("interpolating is not allowed");
        return fileContext(list, { folder, read });
      }) ?? emptyContext
    );
  }

  private attempt<T>(place: Pick<Issue, "path" | "where">, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof TemplateProblem)) throw error;
      this.issues.push({ ...place, message: error.message, missing: error.missing });
      return undefined;
    }
  }

  /** The context of a stage with `vars` of its own, whose files are relative to its working folder. */
  private stageContext(name: string, definition: ValueMap, scope: Scope): Context {
    const vars = definition.get("vars");
    if (!isList(vars) || vars.length === 0) return this.context;
    if (holdsReference(vars, this.source.templates)) throw new TemplateProblem("interpolating is not allowed");
    const wdir = this.fill(definition.get("wdir") ?? ".", { scope, allows: "single" });
    const folder = path.resolve(this.source.folder, asText(wdir));
    const reserved = [...(scope.generated?.keys() ?? [])];
    return withVars(this.context, vars, { folder, read: this.source.read, stage: name, reserved });
  }

  private addStage(name: string, definition: ValueMap, from: { path: readonly Scalar[]; member?: Member }): void {
    const { path: at, member } = from;
    const { generated, itemPath } = member ?? {};
    const outer: Scope = { values: this.context.values, itemPath, ...(generated === undefined ? {} : { generated }) };
    const where = `stages.${name}`;
    const context = this.attempt({ path: [...at, "vars"], where: `${where}.vars` }, () =>
      this.stageContext(name, definition, outer),
    );
    if (context === undefined) return;
    const scope = { ...outer, values: context.values };
    const filled = new Map<Scalar, Value>();
    const hazards: ShellHazard[] = [];
    const takenValues = new Map<string, Map<string, Value>>();
    const taken = (place: readonly string[], value: Value): void => {
      // As DVC: a mapping as a whole is no parameter (dvc/parsing/context.py: Container.get_sources).
      const file = isMap(value) ? undefined : fileOf(context, place);
      if (file === undefined) return;
      takenValues.set(file, (takenValues.get(file) ?? new Map<string, Value>()).set(place.join("."), value));
    };
    const judged = new Set<string>();
    const used = (reference: string, value: Value) => {
      if (!judged.has(reference.trim())) hazards.push(...shellHazards(reference, value));
      judged.add(reference.trim());
    };
    for (const [key, value] of definition) {
      if (key === "vars" || key === "matrix") continue;
      const options = key === "cmd" ? { allows: "command" as const, used } : { allows: "single" as const };
      const place = { path: [...at, key], where: `${where}.${String(key)}` };
      const result = this.attempt(place, () => this.fill(value, { scope, taken, ...options }));
      if (result !== undefined) filled.set(key, result);
    }
    const templateValues = this.templateValues(context, generated);
    const hiddenVars = [...(generated?.keys() ?? [])].filter((key) => this.context.values.has(key)).map(String);
    this.stages.push({ name, definition: filled, shellHazards: hazards, hiddenVars, templateValues, takenValues });
  }

  private get varsOfFile(): ReadonlyMap<string, Value> {
    this.fileVars ??= varsOf(this.context);
    return this.fileVars;
  }

  /** The same map for all stages that have nothing of their own. */
  private templateValues(context: Context, generated: ValueMap | undefined): ReadonlyMap<string, Value> {
    const vars = context === this.context ? this.varsOfFile : varsOf(context);
    if (generated === undefined) return vars;
    return new Map([...vars, ...[...generated].map(([key, value]) => [String(key), value] as const)]);
  }

  private data(value: Value, taken: FillOptions["taken"] = () => undefined): Value {
    return this.fill(value, { scope: { values: this.context.values }, allows: "anything", taken });
  }

  private fill(value: Value, options: Omit<FillOptions, "style" | "templates">): Value {
    return fill(value, { ...options, style: this.style, templates: this.source.templates });
  }

  private addGroup(name: string, template: ValueMap, group: { path: readonly Scalar[]; members: readonly Member[] }) {
    // Two members of one name are one stage; the later data win, as in a Python dict.
    const members = new Map(group.members.map((member) => [member.key, member]));
    this.groups.set(
      name,
      [...members.keys()].map((key) => `${name}@${key}`),
    );
    for (const [key, member] of members) this.addStage(`${name}@${key}`, template, { path: group.path, member });
  }

  private addForeach(name: string, definition: ValueMap): void {
    const at = ["stages", name];
    const place = { path: [...at, "foreach"], where: `stages.${name}.foreach` };
    const taken: { readonly path: readonly string[]; readonly value: Value }[] = [];
    const data = this.attempt(place, () =>
      this.data(definition.get("foreach") ?? null, (path, value) => taken.push({ path, value })),
    );
    const template = definition.get("do");
    if (data === undefined || !isMap(template)) return;
    const path = taken.find(({ value }) => value === data)?.path;
    const members = foreachMembers({ data, written: definition.get("foreach") }, path);
    if (members === undefined) this.issues.push({ ...place, message: "expected list/dictionary" });
    else this.addGroup(name, template, { path: [...at, "do"], members });
  }

  private addMatrix(name: string, definition: ValueMap): void {
    const at = ["stages", name];
    const place = { path: [...at, "matrix"], where: `stages.${name}.matrix` };
    const data = this.attempt(place, () => this.data(definition.get("matrix") ?? null));
    if (data === undefined || !isMap(data)) return;
    const wrong = [...data].find(([, values]) => !isList(values));
    if (wrong !== undefined) {
      const key = String(wrong[0]);
      this.issues.push({ path: [...place.path, key], where: `${place.where}.${key}`, message: "expected list" });
      return;
    }
    const members = this.attempt(place, () => matrixMembers({ data, written: definition.get("matrix") }));
    if (members !== undefined) this.addGroup(name, definition, { path: at, members });
  }

  addAll(): void {
    const definitions = this.source.data.get("stages");
    if (!isMap(definitions)) return;
    for (const [key, definition] of definitions) {
      const name = String(key);
      if (!isMap(definition)) continue;
      if (definition.has("matrix")) this.addMatrix(name, definition);
      else if (definition.has("foreach")) this.addForeach(name, definition);
      else this.addStage(name, definition, { path: ["stages", name] });
    }
  }

  top(key: string): Value | undefined {
    const value = this.source.data.get(key);
    return value === undefined ? undefined : this.attempt({ path: [key], where: key }, () => this.data(value));
  }
}

const shownIssues = 20;

function templateError(source: DefinitionSource, issues: readonly Issue[]): SweeplineError {
  const [first] = issues;
  const find = keyFinder(source);
  const message =
    issues.length === 1 && first !== undefined
      ? `failed to parse '${first.where}' in '${source.file}', line ${find(first.path).line}: ${first.message}`
      : `failed to parse '${source.file}': ${issues.length} errors.\n${someLines(
          issues
            .slice(0, shownIssues)
            .map((issue) => `${source.file}:${find(issue.path).line}: ${issue.where}: ${issue.message}`),
          shownIssues,
          issues.length,
        )
          .map((line) => `  ${line}`)
          .join("\n")}`;
  const missing = issues.flatMap((issue) => issue.missing ?? []);
  return new SweeplineError({ code: "TEMPLATE_INVALID", message, missing });
}

function expand(source: DefinitionSource): ExpandedFile & Pick<Expansion, "issues"> {
  const expansion = new Expansion(source);
  if (expansion.issues.length === 0) expansion.addAll();
  const top = {
    params: expansion.top("params"),
    metrics: expansion.top("metrics"),
    plots: expansion.top("plots"),
    artifacts: expansion.top("artifacts"),
  };
  return { stages: expansion.stages, groups: expansion.groups, top, issues: expansion.issues };
}

/** All stages of a file. Errors: TEMPLATE_INVALID, with every reference that can't be filled. */
export function expandDefinitions(source: DefinitionSource): ExpandedFile {
  const { issues, ...expanded } = expand(source);
  if (issues.length > 0) throw templateError(source, issues);
  return expanded;
}

/** The references that can't be filled, of data that may have other mistakes too; each once, whatever stages it is generated for. */
export function templateProblems(source: DefinitionSource): readonly SchemaProblem[] {
  try {
    const { issues } = expand(source);
    return [
      ...new Map(
        issues.map(({ path: at, message }) => [`${at.join("\0")}\0${message}`, { path: at, message }]),
      ).values(),
    ];
  } catch (error) {
    // A file that it would read is broken itself: that comes next.
    if (error instanceof SweeplineError) return [];
    throw error;
  }
}
