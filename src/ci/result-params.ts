/**
 * Whether results are the points that their headers say, by the parameters in their own trees: a header travels with its
 * commit, and anyone can write one.
 */
import { SweeplineError } from "../base/errors.ts";
import { isList, isMap, sameValue, type Value } from "../base/value.ts";
import { composedFile, isComposed } from "../config/project-place.ts";
import { placeOfParams } from "../experiments/point/param-edits.ts";
import { paramsInTree } from "../experiments/point/params-in-tree.ts";
import { identityScope } from "../experiments/point/scope.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import type { CatFile } from "../git/catfile.ts";
import type { ObjectId } from "../git/ids.ts";
import { openParamFile } from "../params/data-file.ts";
import type { ParamEdit, ParamFile } from "../params/types.ts";
import { loadProjectStages } from "../pipeline/reading/project-stages.ts";
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
 * Whether a composed file can be the outcome of an override. It may depend on the environment of the machine that composed it, so
 * only the value that a key got is compared, where it is plain: a name may choose a config, a reference stands for another value.
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
  private outputs: Promise<ReadonlySet<string>> | undefined;

  constructor(private readonly place: Place) {
    const { context, plan } = place;
    this.composed = plan.run.composition !== "off" && isComposed(context.project) ? [composedFile] : [];
  }

  /** Whether the result holds the point's parameters. Errors: PLAN_INVALID, those of overrides, OUTSIDE_REPOSITORY. */
  async areOf(point: PlanPoint, result: ObjectId): Promise<boolean> {
    const { overrides } = readPlanPoint(point, { composed: this.composed });
    const names = new Set(overrides.map(({ file }) => file));
    for (const name of names) {
      const edits = overrides.filter(({ file }) => file === name).map(({ edit }) => edit);
      if (!(await this.isHeld(name, edits, result))) return false;
    }
    return true;
  }

  private async isHeld(name: string, edits: readonly ParamEdit[], result: ObjectId): Promise<boolean> {
    const { context, plan, objects } = this.place;
    const { inGit } = placeOfParams(context, plan.run.folder, name);
    const value = (await paramsInTree(objects, result, [inGit])).get(inGit);
    const isSame =
      value !== undefined && this.composed.includes(name)
        ? edits.every((edit) => mayComeFrom(edit, value))
        : sameValue(value, await this.expected(inGit, edits));
    // What a stage writes says nothing about the point that it ran with.
    return isSame || (await this.writtenFiles()).has(inGit);
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

  private writtenFiles(): Promise<ReadonlySet<string>> {
    const { project } = this.place.context;
    this.outputs ??= loadProjectStages(project, { broken: "leave-out" }).then(
      (stages) => identityScope(stages, []).written,
    );
    return this.outputs;
  }
}
