/** The checkpoints of points that have no result: what the next job with such a point goes on from. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync } from "../../base/files.ts";
import { type NamedFile, withNamedFile } from "../../base/named-file.ts";
import { visible } from "../../base/text/visible.ts";
import { chainsOf } from "../../experiments/checkpoints/older.ts";
import { withBundle } from "../../experiments/share/bundle.ts";
import { listRemoteRefs } from "../../git/remote.ts";
import { checkpointFilesBelow } from "../bundles.ts";
import { type ListedCheckpoint, listedAt, type PointScope, takeCheckpoints } from "../gather.ts";
import type { PlanPoint } from "../plan.ts";
import { checkpointRef, planPatterns, resultRef } from "../plan-refs.ts";

export interface KeptCheckpoints {
  readonly count: number;
  /** `in the remote` */
  readonly where: string;
}

export interface CheckpointPlaces {
  /** undefined: what was pushed is in this repository. */
  readonly remote: string | undefined;
  /** With the files that jobs leave beside their bundles. */
  readonly bundles: NamedFile | undefined;
  warn(message: string): void;
}

type Counts = Map<PlanPoint, KeptCheckpoints>;

interface Source {
  readonly source: string;
  readonly where: string;
  readonly listed: readonly ListedCheckpoint[];
}

/** Several attempts of a job may have left theirs: the longest chain counts, as for who goes on. */
async function count(scope: PointScope, { source, where, listed }: Source, counts: Counts): Promise<void> {
  const taken = await takeCheckpoints(scope, source, listed);
  const ends = taken.map(({ point, commit }) => ({ point, commit, baseline: scope.plan.baseline }));
  const older = await chainsOf(scope.context.repository, ends);
  for (const end of ends) {
    const length = (older.get(end)?.length ?? 0) + 1;
    if (length > (counts.get(end.point)?.count ?? 0)) counts.set(end.point, { count: length, where });
  }
}

async function refsOf({ context, plan }: PointScope, source: string) {
  const refs = await listRemoteRefs(context.repository, source, planPatterns(plan));
  return new Map(refs.map(({ name, id }) => [name, id]));
}

async function countIn(
  scope: PointScope,
  bundles: NamedFile,
  { warn, counts }: { warn: CheckpointPlaces["warn"]; counts: Counts },
) {
  const names = existsSync(bundles.path) ? withNamedFile(bundles, checkpointFilesBelow) : [];
  for (const name of names) {
    const file = { path: path.join(bundles.path, name), shown: name };
    const where = `in ${visible(name)}`;
    await quietly(warn, visible(name), () =>
      withBundle(scope.context, file, async ({ remote: source }) => {
        const there = await refsOf(scope, source);
        const listed = listedAt(scope.points, there, (point) => resultRef(scope.plan, point));
        await count(scope, { source, where, listed }, counts);
      }),
    );
  }
}

/** They are told besides: a report does not fail for them. */
async function quietly(warn: CheckpointPlaces["warn"], what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof SweeplineError)) throw error;
    warn(`${what} can't be read: ${error.message}`);
  }
}

/** What the points of the scope have left, as far as it is what the plan says. */
export async function countCheckpoints(
  scope: PointScope,
  { remote, bundles, warn }: CheckpointPlaces,
): Promise<ReadonlyMap<PlanPoint, KeptCheckpoints>> {
  const counts: Counts = new Map();
  if (scope.points.length === 0) return counts;
  // A repository is a remote of its own, by its path.
  const source = remote ?? scope.context.repository.workTree;
  const where = remote === undefined ? "here" : "in the remote";
  await quietly(warn, "checkpoints", async () => {
    const there = await refsOf(scope, source);
    const listed = listedAt(scope.points, there, (point) => checkpointRef(scope.plan, point));
    await count(scope, { source, where, listed }, counts);
  });
  if (bundles !== undefined) await countIn(scope, bundles, { warn, counts });
  return counts;
}
