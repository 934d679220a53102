/** Which commits the usual options name: branches, tags, all commits, the last of a revision, those since a day. */
import { SweeplineError } from "../base/errors.ts";
import type { ObjectId } from "./ids.ts";
import { type Repository, resolveCommit } from "./repository.ts";
import { git } from "./run.ts";

export interface CommitChoice {
  readonly revs: readonly string[];
  /** So many commits of each of `revs` and each branch, along first parents; less than one: all of them. */
  readonly count: number;
  /** The tips of all local branches, tags, or each commit that a ref leads to. */
  readonly of: readonly ("branches" | "tags" | "commits")[];
  /** Seconds since the epoch: all commits that are not older. */
  readonly since: number | undefined;
}

async function list(repository: Repository, args: readonly string[]): Promise<readonly string[]> {
  const text = await git(["rev-list", ...args, "--"], { cwd: repository.workTree });
  return text.split("\n").filter((line) => line !== "");
}

async function lastOf(repository: Repository, tip: ObjectId, count: number): Promise<readonly ObjectId[]> {
  if (count === 1) return [tip];
  const most = count < 1 ? [] : [`--max-count=${count}`];
  return (await list(repository, ["--first-parent", ...most, tip])) as ObjectId[];
}

async function ofRevision(repository: Repository, rev: string, count: number): Promise<readonly ObjectId[]> {
  const tip = await resolveCommit(repository, rev);
  if (tip !== undefined) return lastOf(repository, tip, count);
  throw new SweeplineError({ code: "UNKNOWN_REVISION", message: `unknown Git revision '${rev}'` });
}

async function since(repository: Repository, second: number): Promise<readonly ObjectId[]> {
  const lines = await list(repository, ["--all", "--timestamp"]);
  return lines.flatMap((line) => {
    const [time = "", id = ""] = line.split(" ");
    return Number(time) >= second ? [id as ObjectId] : [];
  });
}

/** The commits at the tips of all local branches. */
export async function branchTips(repository: Repository): Promise<readonly ObjectId[]> {
  return (await list(repository, ["--no-walk=unsorted", "--branches"])) as ObjectId[];
}

/** Each commit once. Errors: UNKNOWN_REVISION. */
export async function chosenCommits(repository: Repository, choice: CommitChoice): Promise<readonly ObjectId[]> {
  const found = new Set<ObjectId>();
  const add = (ids: readonly string[]) => {
    for (const id of ids) found.add(id as ObjectId);
  };
  for (const rev of choice.revs) add(await ofRevision(repository, rev, choice.count));
  if (choice.of.includes("branches"))
    for (const tip of await branchTips(repository)) add(await lastOf(repository, tip, choice.count));
  if (choice.of.includes("tags")) add(await list(repository, ["--no-walk=unsorted", "--tags"]));
  if (choice.of.includes("commits")) add(await list(repository, ["--all"]));
  if (choice.since !== undefined) add(await since(repository, choice.since));
  return [...found];
}

/** The tips, and what lies between them and where they start. */
export async function commitsBetween(
  { workTree }: Repository,
  tips: readonly ObjectId[],
  starts: readonly ObjectId[],
): Promise<readonly ObjectId[]> {
  if (tips.length === 0) return [];
  const lines = [...tips, ...starts.map((id) => `^${id}`)].map((line) => `${line}\n`);
  // A baseline that is gone keeps nothing out.
  const text = await git(["rev-list", "--ignore-missing", "--stdin"], { cwd: workTree, input: lines.join("") });
  return [...new Set([...tips, ...text.split("\n").filter((line) => line !== "")])] as ObjectId[];
}
