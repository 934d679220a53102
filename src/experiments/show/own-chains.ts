/** What waits, runs or failed and has checkpoints already is one experiment, and not an entry and a chain of the same name. */
import type { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { runNamesOf } from "../checkpoints/chain.ts";
import { parseFacts } from "../record.ts";
import type { Candidate } from "./candidates.ts";

function placeOf({ baseline }: Candidate, name: string): string {
  return `${baseline} ${name}`;
}

function namesOf({ name }: Candidate): readonly string[] {
  return name === null ? [] : runNamesOf(name);
}

async function markOf(commit: ObjectId, objects: CatFile): Promise<string | undefined> {
  const object = await objects.read(commit);
  return object?.type === "commit" ? parseFacts(parseCommit(object.content))?.checkpointOf : undefined;
}

/** Each entry that waits, runs or failed and the chain that it has registered so far become one: in the state of the entry, with what the chain says. */
export async function withOwnChains(candidates: readonly Candidate[], objects: CatFile): Promise<readonly Candidate[]> {
  const entries = new Map<string, Candidate>();
  for (const entry of candidates) if (entry.mark !== undefined) entries.set(placeOf(entry, entry.name ?? ""), entry);
  const joined = new Set<Candidate>();
  const all: Candidate[] = [];
  for (const candidate of candidates) {
    const open = namesOf(candidate).flatMap((name) => entries.get(placeOf(candidate, name)) ?? []);
    const isChain = candidate.state === "success" && open.length > 0;
    const mark = isChain ? await markOf(candidate.commit, objects) : undefined;
    const entry = mark === undefined ? undefined : open.find((each) => each.mark === mark);
    if (entry === undefined) all.push(candidate);
    else {
      const { state, executor, sequence, sweep } = entry;
      joined.add(entry);
      all.push({ ...candidate, state, executor, sequence, sweep, checkpoints: "kept" });
    }
  }
  return all.filter((candidate) => !joined.has(candidate));
}
