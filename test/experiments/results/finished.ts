/** Finished experiments that nothing ran for: a commit and a ref each. */
import { experimentRef } from "../../../src/experiments/repository.ts";
import type { ObjectId } from "../../../src/git/ids.ts";
import type { Repository } from "../../rig/index.ts";

/** An experiment on HEAD; answers its commit. */
export function finishExperiment(repository: Repository, name: string): ObjectId {
  const head = repository.git("rev-parse", "HEAD").trim() as ObjectId;
  const commit = repository.git("commit-tree", "HEAD^{tree}", "-p", head, "-m", name).trim() as ObjectId;
  repository.git("update-ref", experimentRef(head, name), commit);
  return commit;
}

/** Commits need somebody. */
export function setCommitter(repository: Repository): void {
  repository.git("config", "user.name", "Somebody");
  repository.git("config", "user.email", "somebody@example.com");
}
