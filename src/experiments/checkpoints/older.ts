/** The older checkpoints of many experiments, by one question to Git a baseline. */
import type { ObjectId } from "../../git/ids.ts";
import type { Repository } from "../../git/repository.ts";
import { tryGit } from "../../git/run.ts";

export interface ChainEnds {
  readonly commit: ObjectId;
  readonly baseline: ObjectId;
}

/** Longest chain that is followed; also the one of a stranger. */
const mostCheckpoints = 10_000;

/** Parent by commit, of all that the tips derive from and their baseline does not. */
async function firstParents(
  repository: Repository,
  baseline: ObjectId,
  tips: readonly ObjectId[],
): Promise<ReadonlyMap<string, ObjectId>> {
  const args = ["rev-list", "--first-parent", "--parents", "--ignore-missing", "--stdin"];
  const most = `--max-count=${mostCheckpoints * tips.length}`;
  const input = [...tips, `^${baseline}`].map((line) => `${line}\n`).join("");
  const { exitCode, stdout } = await tryGit([...args, most], { cwd: repository.workTree, input });
  if (exitCode !== 0) return new Map();
  const rows = stdout.toString().split("\n");
  return new Map(
    rows.flatMap((row): [string, ObjectId][] => {
      const [id = "", parent] = row.split(" ");
      return parent === undefined ? [] : [[id, parent as ObjectId]];
    }),
  );
}

function olderThan(
  { commit, baseline }: ChainEnds,
  parents: ReadonlyMap<string, ObjectId>,
): readonly ObjectId[] | undefined {
  const older: ObjectId[] = [];
  let at = parents.get(commit);
  while (at !== undefined && at !== baseline && older.length < mostCheckpoints) {
    older.push(at);
    at = parents.get(at);
  }
  return at === baseline ? older : undefined;
}

/** Per experiment the commits between its tip and its baseline, newest first; those that do not derive from it are left out. */
export async function chainsOf<Chain extends ChainEnds>(
  repository: Repository,
  chains: readonly Chain[],
): Promise<ReadonlyMap<Chain, readonly ObjectId[]>> {
  const found = new Map<Chain, readonly ObjectId[]>();
  // One by one: a checkpoint may have become the baseline of others, where what is before it is left out.
  for (const baseline of new Set(chains.map((chain) => chain.baseline))) {
    const here = chains.filter((chain) => chain.baseline === baseline);
    const parents = await firstParents(
      repository,
      baseline,
      here.map(({ commit }) => commit),
    );
    for (const chain of here) {
      const older = olderThan(chain, parents);
      if (older !== undefined) found.set(chain, older);
    }
  }
  return found;
}
