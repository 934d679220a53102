/** The last commit of a chain, written anew with another word about its run: its files, its place and its time stay. */
import type { ObjectId } from "../../git/ids.ts";
import { readCommit, writeCommit } from "../../git/objects.ts";
import type { Repository } from "../../git/repository.ts";
import { type ExperimentFacts, factsHeader, parseFacts } from "../record.ts";

/** undefined for one that says nothing, as those of DVC. */
export async function withFacts(
  repository: Repository,
  id: ObjectId,
  change: (facts: ExperimentFacts) => ExperimentFacts,
): Promise<ObjectId | undefined> {
  const commit = await readCommit(repository, id);
  const facts = commit && parseFacts(commit);
  if (commit === undefined || facts === undefined) return undefined;
  const { tree, parents, headers, message } = commit;
  const author = headers.get("author") ?? "";
  return writeCommit(repository, { tree, parents, author, message, extraHeaders: factsHeader(change(facts)) });
}

/** As the last one of a run that was not done: the chain is an experiment, and no finished point. */
export function asPartial(repository: Repository, id: ObjectId): Promise<ObjectId | undefined> {
  return withFacts(repository, id, (facts) => ({ ...facts, partial: true }));
}
