/**
 * Whether finished experiments are the points that their headers say. A header travels with its commit and anyone can
 * write one: it is a hint, and the commit's own parameters decide.
 */
import { CatFile } from "../../git/catfile.ts";
import type { Point } from "../../sweep/types.ts";
import { CanonicalJson } from "../point/canonical-json.ts";
import type { IdentityScope } from "../point/identity.ts";
import type { OpenedParamFile } from "../point/param-edits.ts";
import { paramsInTree } from "../point/params-in-tree.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { KnownOnBaseline } from "./known.ts";

export interface AskedPoints {
  readonly points: readonly Point[];
  /** One a point, in order. */
  readonly identities: readonly string[];
  readonly files: readonly OpenedParamFile[];
  readonly scope: IdentityScope;
}

/**
 * The same experiments; those that claim to be one of the points while their parameters differ lose their identity, and so
 * stand for none. Only those are read whose identity is asked for.
 */
export async function withAgreeingHeaders(
  context: ExperimentsContext,
  known: KnownOnBaseline,
  asked: AskedPoints,
): Promise<KnownOnBaseline> {
  const byIdentity = new Map(asked.identities.map((identity, index) => [identity, asked.points[index]]));
  // What a stage writes says nothing about the point that it ran with.
  const files = asked.files.filter((file) => !asked.scope.written.has(file.inGit));
  const canonical = new CanonicalJson();
  const catFile = new CatFile(context.repository);
  try {
    const agrees = async ({ commit, identity }: KnownOnBaseline["experiments"][number]): Promise<boolean> => {
      const point = byIdentity.get(identity);
      if (commit === undefined || point === undefined) return true;
      const names = files.map((file) => file.inGit);
      const params = await paramsInTree(catFile, commit, names);
      return files.every((file) => {
        const value = params.get(file.inGit);
        return value === undefined || canonical.of(value) === canonical.of(file.valueAt(point));
      });
    };
    const agreeing = await Promise.all(known.experiments.map(agrees));
    const experiments = known.experiments.map((item, at) => (agreeing[at] ? item : { ...item, identity: "" }));
    return { ...known, experiments };
  } finally {
    catFile.close();
  }
}
