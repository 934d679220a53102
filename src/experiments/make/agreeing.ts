/**
 * Whether finished experiments are the points that their headers say. A header travels with its commit and anyone can
 * write one: it is a hint, and the commit's own parameters decide.
 */
import type { Value } from "../../base/value.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { Point } from "../../sweep/types.ts";
import { CanonicalJson } from "../point/canonical-json.ts";
import type { IdentityScope } from "../point/identity.ts";
import type { OpenedParamFile } from "../point/param-edits.ts";
import { paramsInTree } from "../point/params-in-tree.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { KnownOnBaseline } from "./known.ts";

export interface AskedPoints {
  /** The tree that the points start from. */
  readonly tree: ObjectId;
  readonly points: readonly Point[];
  /** One a point, in order. */
  readonly identities: readonly string[];
  readonly files: readonly OpenedParamFile[];
  readonly scope: IdentityScope;
}

export interface Agreement {
  readonly known: KnownOnBaseline;
  /** Names of experiments whose headers name one of the points, while their parameters are others. */
  readonly disagreeing: readonly string[];
}

/** What one commit's parameter files have to hold: those that points change, and those that all have as they are. */
class Expected {
  private readonly canonical = new CanonicalJson();
  private readonly files: ReadonlyMap<string, OpenedParamFile>;

  constructor(
    readonly names: readonly string[],
    private readonly unchanged: ReadonlyMap<string, Value>,
    files: readonly OpenedParamFile[],
  ) {
    this.files = new Map(files.map((file) => [file.inGit, file]));
  }

  /** Whether a commit's files are those of the point. One that is not in the commit must be nowhere. */
  isHeldBy(params: ReadonlyMap<string, Value>, point: Point): boolean {
    return this.names.every((name) => {
      const value = params.get(name);
      const unchanged = this.unchanged.get(name);
      if (value === undefined) return unchanged === undefined;
      const expected = this.files.get(name)?.valueAt(point) ?? unchanged;
      return expected !== undefined && this.canonical.of(value) === this.canonical.of(expected);
    });
  }
}

/**
 * The same experiments; those that claim to be one of the points while their parameters differ lose their identity, and so
 * stand for none. Only those are read whose identity is asked for.
 */
export async function withAgreeingHeaders(
  context: ExperimentsContext,
  known: KnownOnBaseline,
  asked: AskedPoints,
): Promise<Agreement> {
  const byIdentity = new Map(asked.identities.map((identity, index) => [identity, asked.points[index]]));
  const claiming = known.experiments.flatMap(({ commit, identity }, at) => {
    const point = byIdentity.get(identity);
    return commit === undefined || point === undefined ? [] : [{ at, commit, point }];
  });
  if (claiming.length === 0) return { known, disagreeing: [] };
  // What a stage writes says nothing about the point that it ran with.
  const { paramFiles, written } = asked.scope;
  const names = [...paramFiles].filter((name) => !written.has(name));
  const catFile = new CatFile(context.repository);
  try {
    const expected = new Expected(names, await paramsInTree(catFile, asked.tree, names), asked.files);
    const agrees = await Promise.all(
      claiming.map(async ({ commit, point }) => expected.isHeldBy(await paramsInTree(catFile, commit, names), point)),
    );
    const lying = new Set(claiming.flatMap(({ at }, each) => (agrees[each] ? [] : [at])));
    const experiments = known.experiments.map((item, at) => (lying.has(at) ? { ...item, identity: "" } : item));
    const disagreeing = [...lying].flatMap((at) => known.experiments[at]?.name ?? []);
    return { known: { ...known, experiments }, disagreeing };
  } finally {
    catFile.close();
  }
}
