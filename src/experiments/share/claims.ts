/**
 * Who took an entry of a Git remote's queue: the ref then names a commit whose parent is the entry, whose author is who took it,
 * and whose message says in which clone. A ref is changed only if it still is what was seen: of two that take one entry the
 * remote lets one.
 */
import { createHash, randomUUID } from "node:crypto";
import { createExclusive, makeFolder, readIfExists } from "../../base/files.ts";
import { oneOf, parseJson, shaped, textLike } from "../../base/json.ts";
import type { ObjectId } from "../../git/ids.ts";
import { committerIdentity, type ParsedCommit, stamp, writeCommit } from "../../git/objects.ts";
import type { ExperimentsContext } from "../repository.ts";

export interface Claim {
  /** Which clone has it. */
  readonly clone: string;
  /** `Name <mail>`; a stranger's words. */
  readonly by: string;
  /** Seconds since the epoch. */
  readonly at: number;
  readonly entry: ObjectId;
}

const firstLine = "sweepline: taken from the queue";

const isClaimFacts = shaped<{ readonly v: 1; readonly clone: string }>({
  v: oneOf(1),
  clone: textLike(/^[0-9a-f]{32}$/),
});

/** What a commit says of who took an entry; undefined for any other commit. */
export function parseClaim({ message, parents, headers, committedAt }: ParsedCommit): Claim | undefined {
  const [line, , json = ""] = message.split("\n", 3);
  const facts = line === firstLine ? parseJson(json) : undefined;
  const [entry] = parents;
  if (!isClaimFacts(facts) || entry === undefined) return undefined;
  const by = (headers.get("author") ?? "").replace(/ \d+ [+-]\d{4}$/, "").slice(0, 200);
  return { clone: facts.clone, by, at: committedAt, entry };
}

/** Of this clone: a copy of the folder is another one. */
export function cloneId({ state, repository }: ExperimentsContext): string {
  makeFolder(state.root);
  createExclusive(state.cloneId, randomUUID());
  const id = readIfExists(state.cloneId)?.toString() ?? "";
  return createHash("sha256").update(`${id}\0${repository.gitDir}`).digest("hex").slice(0, 32);
}

interface Takeable {
  readonly entry: { readonly commit: ObjectId; readonly tree: ObjectId };
}

/** Writes the claims of this clone, which no ref names yet. Throws NO_IDENTITY. */
export async function writeClaims<Shared extends Takeable>(
  context: ExperimentsContext,
  entries: readonly Shared[],
): Promise<ReadonlyMap<Shared, ObjectId>> {
  const author = stamp(await committerIdentity(context.repository), new Date());
  const message = `${firstLine}\n\n${JSON.stringify({ v: 1, clone: cloneId(context) })}\n`;
  return new Map(
    entries.map((shared) => {
      const { tree, commit } = shared.entry;
      return [shared, writeCommit(context.repository, { tree, parents: [commit], author, message })];
    }),
  );
}
