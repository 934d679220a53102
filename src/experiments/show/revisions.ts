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
  return new SweeplineError({ code: "UNKNOWN_REVISION", message: `unknown Git revision '${revision}'` });
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

/** The commit's name for people: the current branch, else a tag, else a branch; null where it has none. */
export function nameCommit(commit: ObjectId, names: RepositoryNames): string | null {
  if (commit === names.head && names.currentBranch !== undefined) return names.currentBranch;
  const named = (list: readonly NamedCommit[]) => list.find(({ id }) => id === commit)?.name;
  return named(names.tags) ?? named(names.branches) ?? null;
}

/** The commit and those before it. */
async function commitsFrom(repository: Repository, tip: ObjectId, count: number): Promise<readonly ObjectId[]> {
  if (count === 0 || count === 1) return count === 1 ? [tip] : [];
  const limit = count < 0 ? [] : [`--max-count=${count}`];
  const text = await git(["rev-list", "--first-parent", ...limit, tip, "--"], { cwd: repository.workTree });
  return text.split("\n").filter(Boolean) as ObjectId[];
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
  const addFrom = async (revision: string, tip: ObjectId) => {
    const commits = await commitsFrom(repository, tip, choice.count);
    for (const [index, id] of commits.entries()) add(id, index === 0 ? revision : id);
  };
  for (const revision of isChosen(choice) ? choice.revs : ["HEAD"]) {
    const tip = await facts.resolve(revision);
    if (tip === undefined) throw unknownRevision(revision);
    await addFrom(revision, tip);
  }
  if (choice.allCommits) for (const id of await everyCommit(repository)) add(id, id);
  else {
    if (choice.allBranches) for (const { name, id } of facts.names.branches) await addFrom(name, id);
    if (choice.allTags) for (const { name, id } of facts.names.tags) add(id, name);
  }
  return [...chosen].map(([id, words]) => ({ id, names: [...words] }));
}
