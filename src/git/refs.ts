import type { ChildProcessWithoutNullStreams } from "node:child_process";
import path from "node:path";
import { beforeEffect } from "../base/effects.ts";
import { SweeplineError } from "../base/errors.ts";
import { existsSync, lstatIfExists, readdirSync, readIfExists } from "../base/files.ts";
import { Sequence } from "../base/promises.ts";
import { someOf } from "../base/text/listing.ts";
import { type Span, traced } from "../base/trace.ts";
import type { ObjectId, RefName } from "./ids.ts";
import { type Repository, zeroId } from "./repository.ts";
import { git, gitMissing, startGit, tryGit } from "./run.ts";
import { freeLock } from "./stale-locks.ts";

export interface Ref {
  readonly name: RefName;
  readonly id: ObjectId;
}

/** All refs below the prefixes, sorted by name. */
export async function listRefs(repository: Repository, prefixes: readonly string[]): Promise<readonly Ref[]> {
  const text = await git(["for-each-ref", "--format=%(objectname) %(refname)", "--", ...prefixes], {
    cwd: repository.workTree,
  });
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const space = line.indexOf(" ");
      return { id: line.slice(0, space) as ObjectId, name: line.slice(space + 1) as RefName };
    });
}

/**
 * Refs below a prefix whose files hold nothing that git takes for a value (cut off by a crash, or by hand), sorted: git passes over
 * them, and so they look as if they had never been.
 */
export async function brokenRefs(repository: Repository, prefix: string): Promise<readonly RefName[]> {
  const folder = path.join(repository.commonDir, prefix);
  if (!existsSync(folder)) return [];
  const loose = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !entry.name.endsWith(".lock"))
    .map((entry) => path.relative(repository.commonDir, path.join(entry.parentPath, entry.name)) as RefName);
  if (loose.length === 0) return [];
  const known = new Set((await listRefs(repository, [prefix])).map(({ name }) => name));
  // One that was deleted meanwhile is not broken.
  const isThere = (name: string) => lstatIfExists(path.join(repository.commonDir, name)) !== undefined;
  return loose.filter((name) => !known.has(name) && isThere(name)).sort();
}

/** Whether a ref has that value. Looks at the loose file first: no process is started for a ref that was just made. */
export async function refIs(repository: Repository, ref: RefName, id: ObjectId): Promise<boolean> {
  const loose = readIfExists(path.join(repository.commonDir, ref))?.toString().trim();
  if (loose !== undefined) return loose === id;
  const outcome = await tryGit(["rev-parse", "--verify", "--quiet", "--end-of-options", ref], {
    cwd: repository.workTree,
  });
  return outcome.exitCode === 0 && outcome.stdout.toString().trim() === id;
}

/** One change of one ref; the transaction fails where the old value is not what it says. */
export type RefChange =
  | { readonly kind: "create"; readonly ref: RefName; readonly to: ObjectId }
  | { readonly kind: "update"; readonly ref: RefName; readonly from: ObjectId; readonly to: ObjectId }
  /** Whatever the old value was. */
  | { readonly kind: "set"; readonly ref: RefName; readonly to: ObjectId }
  | { readonly kind: "delete"; readonly ref: RefName; readonly from: ObjectId };

export type RefOutcome = { readonly kind: "committed" } | RefRefusal;

/** Nothing was changed. `message` is git's, to be shown and not to be read. */
export interface RefRefusal {
  readonly kind: "refused";
  /**
   * "exists": what was to be created is there. "changed": a ref has another old value, or is gone. "locked": somebody holds its lock.
   * "other": anything else, such as an object that is not there.
   */
  readonly why: "exists" | "changed" | "locked" | "other";
  /** The first ref that stood in the way; of "other" undefined. */
  readonly ref: RefName | undefined;
  readonly message: string;
}

/** What git said, before anybody looked why. */
type Answer = { readonly kind: "committed" } | { readonly kind: "refused"; readonly message: string };

/** How often a refused transaction is asked again: locks may go and come, and what stood in the way may be gone when we look. */
const maxRetries = 5;

function instruction(change: RefChange, zero: ObjectId): string {
  switch (change.kind) {
    case "create":
      return `update ${change.ref}\0${change.to}\0${zero}\0`;
    case "update":
      return `update ${change.ref}\0${change.to}\0${change.from}\0`;
    case "set":
      return `update ${change.ref}\0${change.to}\0\0`;
    case "delete":
      return `delete ${change.ref}\0${change.from}\0`;
  }
}

/**
 * Changes refs in transactions through one long-lived `git update-ref --stdin -z`: all changes of a call or none.
 * Git ends the process at the first refused transaction; the next call starts a new one.
 */
export class RefTransactions {
  private child: ChildProcessWithoutNullStreams | undefined;
  private readonly transactions = new Sequence();

  constructor(
    private readonly repository: Repository,
    private readonly reason: string,
  ) {}

  /** Transactions of one object run one after the other. */
  commit(changes: readonly RefChange[]): Promise<RefOutcome> {
    return this.transactions.add(() => traced(spanOf(changes), () => this.transact(changes, maxRetries)));
  }

  async close(): Promise<void> {
    await this.transactions.settled();
    const child = this.child;
    if (child === undefined) return;
    await new Promise<void>((resolve) => {
      child.once("close", () => resolve());
      child.stdin.end();
    });
  }

  private start(): ChildProcessWithoutNullStreams {
    // Who has put a symbolic ref in the place of one would have another one changed, a branch perhaps.
    const args = ["update-ref", "--no-deref", "-m", this.reason, "--stdin", "-z"];
    const child = startGit(args, { cwd: this.repository.workTree });
    // Once a process, not once a transaction. Its end is told by `close`.
    child.stdin.on("error", () => undefined);
    child.once("close", () => {
      this.child = undefined;
    });
    this.child = child;
    return child;
  }

  private async transact(changes: readonly RefChange[], retries: number): Promise<RefOutcome> {
    if (changes.length === 0) return { kind: "committed" };
    beforeEffect("ref", describe(changes));
    const wasRunning = this.child !== undefined;
    const answer = await this.ask(changes);
    // Killed while it was idle (by whom ever): it has read nothing of this transaction.
    if (answer === "died unasked" && wasRunning) return this.transact(changes, retries);
    const refused =
      answer === "died unasked" ? ({ kind: "refused", message: "git update-ref ended early" } as const) : answer;
    if (refused.kind === "committed") return refused;
    const hurdle = await findHurdle(this.repository, changes);
    if (hurdle === undefined) {
      // What stood in the way may be gone by now: once more tells.
      if (retries > 0) return this.transact(changes, 0);
      return { ...refused, why: "other", ref: undefined };
    }
    const { lock, ...why } = hurdle;
    if (lock !== undefined && retries > 0 && (await freeLock(this.repository, lock)))
      return this.transact(changes, retries - 1);
    return { ...refused, ...why };
  }

  private ask(changes: readonly RefChange[]): Promise<Answer | "died unasked"> {
    const child = this.child ?? this.start();
    const zero = zeroId(this.repository);
    return new Promise((resolve, reject) => {
      let out = "";
      let err = "";
      const endWith = (finish: () => void) => {
        child.stdout.removeAllListeners("data");
        child.stderr.removeAllListeners("data");
        child.off("close", onClose);
        child.removeAllListeners("error");
        finish();
      };
      const onClose = () => {
        const message = err.trim().replace(/^fatal: /, "");
        const outcome: Answer = { kind: "refused", message: message || "git update-ref ended early" };
        endWith(() => resolve(out === "" && message === "" ? "died unasked" : outcome));
      };
      child.stdout.on("data", (chunk: Buffer) => {
        out += chunk.toString();
        if (out.includes("commit: ok\n")) endWith(() => resolve({ kind: "committed" }));
      });
      child.stderr.on("data", (chunk: Buffer) => {
        err += chunk.toString();
      });
      child.on("error", (error) => {
        this.child = undefined;
        endWith(() => reject(gitMissing(error)));
      });
      child.on("close", onClose);
      child.stdin.write(`start\0${changes.map((change) => instruction(change, zero)).join("")}prepare\0commit\0`);
    });
  }
}

/** What stands in the way of a transaction, by our own look. */
type Hurdle = Pick<RefRefusal, "why" | "ref"> & { readonly lock?: string };

/** Refs of one git process: their names have to fit into a command line. */
const refsAtOnce = 1000;

async function findHurdle(repository: Repository, changes: readonly RefChange[]): Promise<Hurdle | undefined> {
  for (let start = 0; start < changes.length; start += refsAtOnce) {
    const part = changes.slice(start, start + refsAtOnce);
    const refs = await listRefs(
      repository,
      part.map(({ ref }) => ref),
    );
    const values = new Map(refs.map(({ name, id }) => [name, id]));
    for (const change of part) {
      const value = values.get(change.ref);
      if (change.kind === "create" && value !== undefined) return { why: "exists", ref: change.ref };
      if ("from" in change && value !== change.from) return { why: "changed", ref: change.ref };
    }
  }
  const locked = changes.find(({ ref }) => lstatIfExists(lockOf(repository, ref)) !== undefined);
  if (locked !== undefined) return { why: "locked", ref: locked.ref, lock: lockOf(repository, locked.ref) };
  const lock = sharedLocks(repository).find((file) => lstatIfExists(file) !== undefined);
  return lock === undefined ? undefined : { why: "locked", ref: changes[0]?.ref, lock };
}

/** Locks that are of no single ref: of a transaction that deletes packed ones, and of the branch that is checked out. */
function sharedLocks({ gitDir, commonDir }: Repository): readonly string[] {
  return [path.join(commonDir, "packed-refs.lock"), path.join(gitDir, "HEAD.lock")];
}

function lockOf({ commonDir }: Repository, ref: RefName): string {
  return path.join(commonDir, `${ref}.lock`);
}

/** For the record of effects: the first refs of a transaction. */
function describe(changes: readonly RefChange[]): string {
  const words = changes.map((change) => `${change.kind} ${change.ref}`);
  return someOf(words, 4).slice(0, 200);
}

function spanOf(changes: readonly RefChange[]): Span<RefOutcome> {
  const words = (outcome: RefOutcome) => (outcome.kind === "refused" ? `refused, ${outcome.message}` : outcome.kind);
  const detail = (outcome: RefOutcome | undefined) => `${describe(changes)}: ${outcome ? words(outcome) : ""}`;
  return { topic: "refs", name: "transaction", detail };
}

export function refsRefused({ message }: RefRefusal): SweeplineError {
  return new SweeplineError({ code: "REFS_REFUSED", message: `Git refused to change the refs: ${message}` });
}

/** One transaction; throws REFS_REFUSED where git refused it. */
export async function changeRefs(repository: Repository, reason: string, changes: readonly RefChange[]): Promise<void> {
  const transactions = new RefTransactions(repository, reason);
  const outcome = await transactions.commit(changes);
  await transactions.close();
  if (outcome.kind === "refused") throw refsRefused(outcome);
}
