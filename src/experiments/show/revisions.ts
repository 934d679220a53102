/** Which commits are baselines, in which order, and what they are called (DVC 3.67.1, scm.py and repo/experiments/utils.py). */
import { SweeplineError } from "../../base/errors.ts";
import type { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import type { Repository } from "../../git/repository.ts";
import { git } from "../../git/run.ts";
import { ambiguousName, type FinishedExperiment, matchNames } from "../results/finished.ts";

export interface RevisionChoice {
  readonly revs: readonly string[];
  /** How many commits from each revision on, following first parents; -1: all. */
  readonly count: number;
  readonly allBranches: boolean;
  readonly allTags: boolean;
  readonly allCommits: boolean;
}

export const headOnly: RevisionChoice = {
  revs: [],
  count: 1,
  allBranches: false,
  allTags: false,
  allCommits: false,
};

/** Whether the user said anything about which commits. */
export function isChosen(choice: RevisionChoice): boolean {
  return choice.revs.length > 0 || choice.allBranches || choice.allTags || choice.allCommits;
}

export function unknownRevision(revision: string): SweeplineError {
  return new SweeplineError({
    code: "UNKNOWN_REVISION",
    message: `unknown Git revision '${revision}'`,
    hint: "`sweepline exp list -A` lists the experiments, `git branch -a` and `git tag` the names of commits.",
  });
}

/** A branch, a tag, HEAD, as refs have them; peeled to commits. */
interface NamedCommit {
  readonly name: string;
  readonly id: ObjectId;
}

export interface RepositoryNames {
  /** undefined where there are no commits yet. */
  readonly head: ObjectId | undefined;
  /** undefined where HEAD is detached. */
  readonly currentBranch: string | undefined;
  readonly branches: readonly NamedCommit[];
  readonly tags: readonly NamedCommit[];
}

const fields = "%(HEAD) %(objectname) %(*objectname) %(refname)";

/** Branches and tags by name, with one git process. */
export async function readNames(repository: Repository, head: ObjectId | undefined): Promise<RepositoryNames> {
  const text = await git(["for-each-ref", `--format=${fields}`, "refs/heads", "refs/tags"], {
    cwd: repository.workTree,
  });
  const branches: NamedCommit[] = [];
  const tags: NamedCommit[] = [];
  let currentBranch: string | undefined;
  for (const line of text.split("\n")) {
    const found = /^([* ]) ([0-9a-f]+) ([0-9a-f]*) refs\/(heads|tags)\/(.*)$/.exec(line);
    if (found === null) continue;
    const name = found[5] ?? "";
    const id = (found[3] || found[2] || "") as ObjectId;
    (found[4] === "heads" ? branches : tags).push({ name, id });
    if (found[1] === "*") currentBranch = name;
  }
  return { head, currentBranch, branches, tags };
}

/** A commit's name for people: the current branch, else a tag, else a branch; null where it has none. */
export function commitNamer({
  head,
  currentBranch,
  branches,
  tags,
}: RepositoryNames): (commit: ObjectId) => string | null {
  // The first tag of a commit counts, then its first branch.
  const names = new Map([...branches.toReversed(), ...tags.toReversed()].map(({ id, name }) => [id, name]));
  return (commit) => (commit === head && currentBranch !== undefined ? currentBranch : (names.get(commit) ?? null));
}

type Tip = readonly [words: string, commit: ObjectId];

/** The commit of each tip and `count - 1` before it, following first parents; with -1 all, up to where an earlier tip came along. */
async function commitsFrom(
  repository: Repository,
  tips: readonly Tip[],
  count: number,
): Promise<readonly (readonly ObjectId[])[]> {
  if (count === 0 || count === 1 || tips.length === 0) return tips.map(([, commit]) => (count === 0 ? [] : [commit]));
  const parents = await firstParents(repository, tips, count);
  const seen = new Set<ObjectId>();
  return tips.map(([, tip]) => {
    const commits: ObjectId[] = [];
    for (let at: ObjectId | undefined = tip; at !== undefined && commits.length !== count; at = parents.get(at)) {
      commits.push(at);
      if (count < 0 && seen.has(at)) break;
      seen.add(at);
    }
    return commits;
  });
}

/** Of several tips the whole history, with one process: a limit would count all of them together. */
async function firstParents(
  { workTree }: Repository,
  tips: readonly Tip[],
  count: number,
): Promise<ReadonlyMap<ObjectId, ObjectId | undefined>> {
  const limit = tips.length === 1 && count > 0 ? [`--max-count=${count}`] : [];
  const input = tips.map(([, tip]) => `${tip}\n`).join("");
  const text = await git(["rev-list", "--first-parent", "--parents", ...limit, "--stdin"], { cwd: workTree, input });
  const lines = text.split("\n").filter(Boolean);
  return new Map(lines.map((line) => line.split(" ", 2) as [ObjectId, ObjectId | undefined]));
}

async function everyCommit(repository: Repository): Promise<readonly ObjectId[]> {
  const args = ["rev-list", "--date-order", "HEAD", "--branches", "--tags", "--remotes"];
  const text = await git(args, { cwd: repository.workTree });
  return text.split("\n").filter(Boolean) as ObjectId[];
}

/** A commit with the words that named it, as `metrics show` prints them. */
export interface ChosenCommit {
  readonly id: ObjectId;
  readonly names: readonly string[];
}

/** What a word on the command line means: a Git revision, else the name of an experiment. */
export type ResolveRevision = (revision: string) => Promise<ObjectId | undefined>;

/** Resolves with git's reader of objects, then among the experiments; those of HEAD's baseline win (DVC's rule). */
export function revisionResolver(
  objects: CatFile,
  finished: readonly FinishedExperiment[],
  head: ObjectId | undefined,
): ResolveRevision {
  return async (revision) => {
    const object = await objects.read(`${revision}^{commit}`);
    if (object !== undefined) return object.id;
    const [found] = matchNames(finished, [revision], head);
    if (Array.isArray(found)) throw ambiguousName(revision, found);
    return (found as FinishedExperiment | undefined)?.commit;
  };
}

/**
 * The chosen commits without repetition, in the order of the choice; HEAD where nothing was chosen.
 * Errors: UNKNOWN_REVISION, NAME_AMBIGUOUS.
 */
export async function chooseCommits(
  repository: Repository,
  choice: RevisionChoice,
  facts: { readonly names: RepositoryNames; readonly resolve: ResolveRevision },
): Promise<readonly ChosenCommit[]> {
  const chosen = new Map<ObjectId, Set<string>>();
  const add = (id: ObjectId, name: string) => chosen.set(id, (chosen.get(id) ?? new Set<string>()).add(name));
  const tips: Tip[] = [];
  for (const revision of isChosen(choice) ? choice.revs : ["HEAD"]) {
    const tip = await facts.resolve(revision);
    if (tip === undefined) throw unknownRevision(revision);
    tips.push([revision, tip]);
  }
  if (choice.allBranches && !choice.allCommits) for (const { name, id } of facts.names.branches) tips.push([name, id]);
  for (const [at, commits] of (await commitsFrom(repository, tips, choice.count)).entries()) {
    const words = tips[at]?.[0] ?? "";
    for (const [index, id] of commits.entries()) add(id, index === 0 ? words : id);
  }
  if (choice.allCommits) for (const id of await everyCommit(repository)) add(id, id);
  else if (choice.allTags) for (const { name, id } of facts.names.tags) add(id, name);
  return [...chosen].map(([id, words]) => ({ id, names: [...words] }));
}
