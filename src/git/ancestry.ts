/** Which commits come after others: many pairs with one process. */
import { CatFile } from "./catfile.ts";
import type { ObjectId } from "./ids.ts";
import { parseCommit } from "./objects.ts";
import type { Repository } from "./repository.ts";

/** Two states of one experiment. */
export interface Descent {
  readonly before: ObjectId;
  readonly after: ObjectId;
  /** Where both start: what lies further back is no state of the experiment. */
  readonly baseline: ObjectId;
}

/** As many commits of one experiment are looked at; a longer one counts as another. */
const most = 1000;

/** For each pair whether `before` is `after`, or one of the commits from it back to the baseline. */
export async function comeAfter(repository: Repository, pairs: readonly Descent[]): Promise<readonly boolean[]> {
  const answers = pairs.map(({ before, after }) => before === after);
  if (answers.every(Boolean)) return answers;
  const objects = new CatFile(repository);
  const parents = new Map<ObjectId, readonly ObjectId[]>();
  const load = async (ids: Iterable<ObjectId>) => {
    const wanted = [...new Set(ids)].filter((id) => !parents.has(id));
    const found = await objects.readAll(wanted);
    for (const [at, id] of wanted.entries()) {
      const object = found[at];
      parents.set(id, object?.type === "commit" ? parseCommit(object.content).parents : []);
    }
  };
  try {
    let open = pairs.map((pair, at) => ({ pair, at, tips: [pair.after], seen: new Set([pair.after]) }));
    while (open.length > 0) {
      await load(open.flatMap(({ tips }) => tips));
      open = open.filter((walk) => {
        const { before, baseline } = walk.pair;
        const above = walk.tips.flatMap((id) => (id === baseline ? [] : (parents.get(id) ?? [])));
        walk.tips = above.filter((id) => !walk.seen.has(id));
        for (const id of walk.tips) walk.seen.add(id);
        if (walk.seen.has(before)) answers[walk.at] = true;
        return walk.tips.length > 0 && walk.seen.size < most && !walk.seen.has(before);
      });
    }
    return answers;
  } finally {
    objects.close();
  }
}
