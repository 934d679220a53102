/** Entries of a Git remote's queue whose results it has: nobody needs to run them any more. */
import { CatFile } from "../../git/catfile.ts";
import { parseCommit } from "../../git/objects.ts";
import { pushRefs } from "../../git/remote.ts";
import { parseFacts } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import type { FinishedExperiment } from "../results/finished.ts";
import { type SharedRef, sharedRef } from "../shared-refs.ts";
import { readShared } from "./shared-entries.ts";

interface Settling {
  /** Those that the remote has. */
  readonly experiments: readonly FinishedExperiment[];
  /** The remote's queue, as it was listed. */
  readonly queue: readonly SharedRef[];
}

async function identities(context: ExperimentsContext, experiments: readonly FinishedExperiment[]) {
  const objects = new CatFile(context.repository);
  try {
    const found = await objects.readAll(experiments.map(({ commit }) => commit));
    return found.map((object) =>
      object?.type === "commit" ? parseFacts(parseCommit(object.content))?.identity : undefined,
    );
  } finally {
    objects.close();
  }
}

/** Takes them out of it, where they are the same points. What the remote does not let go stays, and is passed over by who pulls. */
export async function settleShared(
  context: ExperimentsContext,
  remote: string,
  { experiments, queue }: Settling,
): Promise<void> {
  const refs = new Map<string, SharedRef>(queue.map((each) => [each.ref, each]));
  const met = experiments.filter(({ baseline, name }) => refs.has(sharedRef(baseline, name)));
  if (met.length === 0) return;
  const found = await identities(context, met);
  const results = new Map(met.map(({ baseline, name }, at) => [sharedRef(baseline, name), found[at]]));
  const { entries } = await readShared(
    context,
    remote,
    [...results.keys()].flatMap((ref) => refs.get(ref) ?? []),
  );
  const changes = entries
    .filter(({ ref, entry }) => results.get(ref) === entry.record.identity)
    .map(({ ref, id }) => ({ ref, to: undefined, expected: id }));
  await pushRefs(context.repository, { remote, changes, scratchFolder: context.state.scratch });
}
