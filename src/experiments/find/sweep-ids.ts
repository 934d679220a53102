/** The ids of sweeps, from the headers of commits alone. */
import { CatFile } from "../../git/catfile.ts";
import { parseCommit } from "../../git/objects.ts";
import { listQueue } from "../queue/entries.ts";
import { parseFacts } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";
import { listFinished } from "../results/finished.ts";

export async function sweepIdsOf(context: ExperimentsContext): Promise<readonly string[]> {
  const [finished, { entries }] = await Promise.all([listFinished(context), listQueue(context)]);
  const objects = new CatFile(context.repository);
  try {
    const commits = await objects.readAll(finished.map(({ commit }) => commit));
    const ids = commits.flatMap((object) =>
      object?.type === "commit" ? (parseFacts(parseCommit(object.content))?.sweep ?? []) : [],
    );
    return [...new Set([...ids, ...entries.flatMap(({ record }) => record.sweep ?? [])])];
  } finally {
    objects.close();
  }
}
