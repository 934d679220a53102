/** Reads the queue where objects of it are missing: Git then refuses to list the refs with what they point to. */
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { listRefs } from "../../git/refs.ts";
import type { Repository } from "../../git/repository.ts";

/** What the queue needs of one ref; undefined `commit` facts where the object is missing or no commit. */
export interface SalvagedRef {
  readonly ref: RefName;
  readonly id: ObjectId;
  readonly commit:
    | {
        readonly tree: string;
        readonly parents: string;
        readonly queuedAt: string;
        readonly message: string;
      }
    | undefined;
}

export async function salvageRefs(repository: Repository, prefix: string): Promise<readonly SalvagedRef[]> {
  const refs = await listRefs(repository, [prefix]);
  const catFile = new CatFile(repository);
  try {
    const objects = await catFile.readAll(refs.map((ref) => ref.id));
    return refs.map((ref, at) => {
      const object = objects[at];
      if (object?.type !== "commit") return { ref: ref.name, id: ref.id, commit: undefined };
      const { tree, parents, committedAt, message } = parseCommit(object.content);
      const facts = { tree, parents: parents.join(" "), queuedAt: String(committedAt), message };
      return { ref: ref.name, id: ref.id, commit: facts };
    });
  } finally {
    catFile.close();
  }
}
