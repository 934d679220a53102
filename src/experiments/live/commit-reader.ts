/** Reads what commits say for those who tell of them, by one process of Git that is started for the first. */
import { SweeplineError } from "../../base/errors.ts";
import { pause } from "../../base/pause.ts";
import { Sequence } from "../../base/promises.ts";
import type { ObjectId } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { loadRevisions, openReading, type SharedReading } from "../reading/load-revisions.ts";
import type { ExperimentData } from "../reading/types.ts";
import { parseEntryMessage } from "../record.ts";
import type { ExperimentsContext } from "../repository.ts";

export const everyValue = { kind: "tracked", params: "all" } as const;

/** What can't be read is not there. */
export interface ReadCommit {
  readonly data?: ExperimentData;
  /** -m of a queue entry. */
  readonly message?: string;
}

type ReadCommits = ReadonlyMap<ObjectId, ReadCommit>;

const limits = {
  /** So long the first waits for others: each question to Git wakes a process, and quick runs ask for many commits. */
  gatherMs: 250,
  /** What was read stays at hand for the next commits, most of which differ in a parameter; so many, and it begins anew. */
  readsOfOne: 200,
};

export class CommitReader {
  #reading: SharedReading | undefined;
  #reads = 0;
  #wanted: ObjectId[] = [];
  #next: Promise<ReadCommits> | undefined;
  readonly #turns = new Sequence();
  readonly #hurry = new AbortController();

  constructor(private readonly context: ExperimentsContext) {}

  /** Never rejects for what Git or the files of a commit say. */
  async read(commit: ObjectId): Promise<ReadCommit> {
    this.#wanted.push(commit);
    this.#next ??= this.#gather();
    return (await this.#next).get(commit) ?? {};
  }

  /** From now on nobody waits for others. */
  hurry(): void {
    this.#hurry.abort();
  }

  /** Once what is being read is there. */
  async close(): Promise<void> {
    this.hurry();
    await this.#next;
    await this.#turns.settled();
    this.#close();
  }

  async #gather(): Promise<ReadCommits> {
    await pause(limits.gatherMs, this.#hurry.signal);
    const wanted = this.#wanted;
    this.#wanted = [];
    this.#next = undefined;
    return this.#turns.add(() => this.#readAll(wanted));
  }

  async #readAll(commits: readonly ObjectId[]): Promise<ReadCommits> {
    try {
      this.#reading ??= await openReading(this.context, everyValue);
      const { objects } = this.#reading;
      const [found, revisions] = await Promise.all([objects.readAll(commits), loadRevisions(commits, this.#reading)]);
      return new Map(
        commits.map((id, at): [ObjectId, ReadCommit] => {
          const object = found[at];
          const message = object?.type === "commit" ? messageOf(parseCommit(object.content).message) : undefined;
          const data = revisions.get(id)?.data ?? undefined;
          return [id, { ...(data === undefined ? {} : { data }), ...(message === undefined ? {} : { message }) }];
        }),
      );
    } catch (error) {
      // Git ended, or an object is not in a partial clone: what is told has no values then.
      if (!(error instanceof SweeplineError)) throw error;
      this.#close();
      return new Map();
    } finally {
      this.#reads += commits.length;
      if (this.#reads >= limits.readsOfOne) this.#close();
    }
  }

  #close(): void {
    this.#reading?.close();
    this.#reading = undefined;
    this.#reads = 0;
  }
}

/** -m of an entry. */
function messageOf(text: string): string | undefined {
  try {
    return parseEntryMessage(text).record.message;
  } catch (error) {
    if (error instanceof SweeplineError && error.code === "ENTRY_BROKEN") return undefined;
    throw error;
  }
}
