/**
 * Whether results are the points that their headers say, by the parameters in their own trees: a header travels with its
 * commit, and anyone can write one.
 */
import { SweeplineError } from "../base/errors.ts";
import { isList, isMap, sameValue, type Value } from "../base/value.ts";
import { composedFile, configPlace, isComposed } from "../config/project-place.ts";
import type { IdentityScope } from "../experiments/point/identity.ts";
import { placeOfParams } from "../experiments/point/param-edits.ts";
import { paramsInTree } from "../experiments/point/params-in-tree.ts";
import { identityScope } from "../experiments/point/scope.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import type { CatFile } from "../git/catfile.ts";
import type { ObjectId } from "../git/ids.ts";
import { openParamFile } from "../params/data-file.ts";
import type { ParamEdit, ParamFile } from "../params/types.ts";
import { loadProjectStages } from "../pipeline/reading/project-stages.ts";
import type { Project } from "../project/project.ts";
import { ComposedParams, type ConfigCommit } from "./composed-params.ts";
import type { PlanPoint, SweepPlan } from "./plan.ts";
import { readPlanPoint } from "./plan-points.ts";

interface Place {
  readonly context: ExperimentsContext;
  readonly plan: SweepPlan;
  readonly objects: CatFile;
}

/** The segments of an override's key, followed in a value. */
function valueOn(path: readonly string[], value: Value | undefined): Value | undefined {
  let at = value;
  for (const part of path) {
    if (isMap(at)) at = at.get(part) ?? at.get(BigInt(/^\d+$/.test(part) ? part : "-1"));
    else at = isList(at) ? at[Number(part)] : undefined;
  }
  return at;
}

/**
 * Whether a composed file can be the outcome of an override, where nothing is known of its configs: only the value that a key got
 * is compared, where it is plain. A name may choose a config, a reference stands for another value.
 */
function mayComeFrom({ kind, path, value }: ParamEdit, composed: Value): boolean {
  if (kind === "delete" || kind === "extend-list" || value === undefined || isList(value) || isMap(value)) return true;
  const found = valueOn(path, composed);
  if (found === undefined || isList(found) || isMap(found)) return true;
  return sameValue(found, value) || (typeof value === "string" && value.includes("${"));
}

/** Compares results with the files of the plan's commit, as the points change them. Each file is read once. */
export class ResultParams {
  private readonly composed: readonly string[];
  private readonly files = new Map<string, Promise<ParamFile>>();
  private scope: Promise<IdentityScope> | undefined;
  private baseline: Promise<ReadonlyMap<string, Value>> | undefined;
  private readonly configs: ComposedParams | undefined;

  constructor(private readonly place: Place) {
    const { context, plan, objects } = place;
    const isOn = plan.run.composition !== "off" && isComposed(context.project);
    this.composed = isOn ? [composedFile] : [];
    const from = { repository: context.repository, commit: plan.baseline, objects };
    this.configs = isOn ? composedIn(context.project, from) : undefined;
  }

  /**
   * Whether the result holds the point's parameters, in the files that it changes and in all others that stages depend on.
   * Errors: PLAN_INVALID, those of overrides, OUTSIDE_REPOSITORY.
   */
  async areOf(point: PlanPoint, result: ObjectId): Promise<boolean> {
    const { overrides } = readPlanPoint(point, { composed: this.composed });
    const edits = new Map<string, readonly ParamEdit[]>(this.composed.map((name) => [this.inGit(name), []]));
    for (const { file, edit } of overrides) {
      const inGit = this.inGit(file);
      edits.set(inGit, [...(edits.get(inGit) ?? []), edit]);
    }
    const { paramFiles, written } = await this.identityScope();
    // What a stage writes says nothing about the point that it ran with.
    const names = [...new Set([...paramFiles, ...edits.keys()])].filter((name) => !written.has(name));
    const held = await paramsInTree(this.place.objects, result, names);
    for (const name of names) if (!(await this.isHeld(name, edits.get(name), held.get(name)))) return false;
    return true;
  }

  private inGit(name: string): string {
    return placeOfParams(this.place.context, this.place.plan.run.folder, name).inGit;
  }

  private async isHeld(
    inGit: string,
    edits: readonly ParamEdit[] | undefined,
    value: Value | undefined,
  ): Promise<boolean> {
    if (edits === undefined) return sameValue(value, (await this.unchanged()).get(inGit));
    if (value === undefined || !this.composed.some((name) => this.inGit(name) === inGit))
      return value !== undefined && sameValue(value, await this.expected(inGit, edits));
    const isOutcome = await this.configs?.mayBe(edits, value);
    return isOutcome ?? edits.every((edit) => mayComeFrom(edit, value));
  }

  /** What the file holds at the point; undefined where the overrides do not fit it. */
  private async expected(inGit: string, edits: readonly ParamEdit[]): Promise<Value | undefined> {
    try {
      const file = this.files.get(inGit) ?? this.open(inGit);
      this.files.set(inGit, file);
      return (await file).apply(edits);
    } catch (error) {
      if (error instanceof SweeplineError) return undefined;
      throw error;
    }
  }

  private async open(inGit: string): Promise<ParamFile> {
    const object = await this.place.objects.read(`${this.place.plan.baseline}:${inGit}`);
    return openParamFile({ path: inGit, bytes: object?.type === "blob" ? object.content : undefined });
  }

  /** The parameter files of the plan's commit. */
  private unchanged(): Promise<ReadonlyMap<string, Value>> {
    const { objects, plan } = this.place;
    this.baseline ??= this.identityScope().then(({ paramFiles }) => paramsInTree(objects, plan.baseline, paramFiles));
    return this.baseline;
  }

  private identityScope(): Promise<IdentityScope> {
    const { project } = this.place.context;
    this.scope ??= loadProjectStages(project, { broken: "leave-out" }).then((stages) => identityScope(stages, []));
    return this.scope;
  }
}

/** undefined where the settings name no folder that can be read here. */
function composedIn(project: Project, from: Omit<ConfigCommit, "place">): ComposedParams | undefined {
  try {
    return new ComposedParams({ ...from, place: configPlace(project, {}) });
  } catch (error) {
    if (error instanceof SweeplineError) return undefined;
    throw error;
  }
}
