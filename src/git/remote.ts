/** Refs of other repositories: listed, pushed and fetched by git, with explicit refspecs only. */
import { SweeplineError } from "../base/errors.ts";
import { pause } from "../base/pause.ts";
import { withoutCredentials } from "../base/text/secrets.ts";
import { quoteConfig } from "./config-text.ts";
import type { ObjectId, RefName } from "./ids.ts";
import { isRemoteDenied, type PushRefusal, pushRefusal, remoteWords } from "./prose.ts";
import { withPushGitDir } from "./push-git-dir.ts";
import type { Ref } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { type GitOptions, type GitOutcome, tryGit } from "./run.ts";

/** A remote as it may be printed: a URL without the token that it may carry. */
export function shownRemote(remote: string): string {
  const user = /^ssh:\/\/[^/@:]*@/i;
  return user.test(remote) ? remote : withoutCredentials(remote);
}

/** What git says of a remote that it could not reach (worth another try, as far as we know) or that does not let us in. */
export function remoteFailed(what: string, remote: string, stderr: string): SweeplineError {
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== "");
  const words = lines.slice(-5).join("\n");
  const message = `Git failed to ${what} '${shownRemote(remote)}': ${words}`;
  if (!isRemoteDenied(stderr)) return new SweeplineError({ code: "GIT_REMOTE_FAILED", message });
  const hint = "The remote does not accept who we are, or what we may do there: trying again does not help.";
  return new SweeplineError({ code: "GIT_REMOTE_DENIED", message, hint });
}

/** The refs of a remote that match the patterns. Errors: GIT_REMOTE_FAILED. Names are as the remote says: untrusted. */
export async function listRemoteRefs(
  repository: Repository,
  remote: string,
  patterns: readonly string[],
): Promise<readonly Ref[]> {
  const args = ["ls-remote", "--refs", "--end-of-options", remote, ...patterns];
  const outcome = await tryGit(args, { cwd: repository.workTree, terminal: "needed" });
  if (outcome.exitCode !== 0) throw remoteFailed("list", remote, outcome.stderr);
  return outcome.stdout
    .toString()
    .split("\n")
    .flatMap((line) => {
      const found = /^([0-9a-f]{40,64})\t(.+)$/.exec(line);
      return found === null ? [] : [{ id: found[1] as ObjectId, name: found[2] as RefName }];
    });
}

/** One ref of a remote to change, if it still is what we saw there (undefined: absent). */
export interface RemoteChange {
  readonly ref: RefName;
  /** undefined: delete it. */
  readonly to: ObjectId | undefined;
  readonly expected: ObjectId | undefined;
}

export type PushOutcome =
  | { readonly kind: "pushed" }
  /** The remote's ref is not what was expected. */
  | { readonly kind: "stale"; readonly reason: string }
  /** The remote said no; `reason` in its words. */
  | { readonly kind: "refused"; readonly why: PushRefusal; readonly reason: string };

/** Refs of one git process: their names have to fit into a command line. */
const refsAtOnce = 1000;

/** More refs than that are pushed from a Git directory without refs of its own. */
const fewRefs = 50;

export interface PushRefsRequest {
  readonly remote: string;
  readonly changes: readonly RemoteChange[];
  /** Where a temporary Git directory may be made. */
  readonly scratchFolder: string;
}

/**
 * Pushes the changes, each only if the remote's ref is what is expected: the others go on where one is refused. Hooks of
 * the user's are not run, as in DVC. Errors: GIT_REMOTE_FAILED where the remote could not be reached at all,
 * GIT_REMOTE_DENIED where it does not let us in.
 */
export async function pushRefs(
  repository: Repository,
  { remote, changes, scratchFolder }: PushRefsRequest,
): Promise<ReadonlyMap<RefName, PushOutcome>> {
  const outcomes = new Map<RefName, PushOutcome>();
  if (changes.length > fewRefs) {
    await pushByPattern(repository, { remote, changes, scratchFolder }, outcomes);
    await deleteByPattern(repository, { remote, changes, scratchFolder }, outcomes);
  }
  // What is left: few refs, and what a push by pattern says nothing sure of.
  const left = changes.filter(({ ref }) => ["stale", undefined].includes(outcomes.get(ref)?.kind));
  await pushByName(repository, { remote, changes: left, scratchFolder }, outcomes);
  for (let tries = 1; tries <= mostRaces; tries++) {
    const raced = changes.filter(({ ref }) => isRaced(outcomes.get(ref)));
    if (raced.length === 0) break;
    await pause(raceMs * tries);
    await pushByName(repository, { remote, changes: raced, scratchFolder }, outcomes);
  }
  return outcomes;
}

/**
 * Somebody changed a ref at the same moment, or only another one of the same push: Git says of neither which it was. The next push finds
 * each as expected, or stale.
 */
const mostRaces = 3;
const raceMs = 100;

function isRaced(outcome: PushOutcome | undefined): boolean {
  return outcome?.kind === "refused" && outcome.why === "raced";
}

/** Fills in outcomes. Errors: GIT_REMOTE_FAILED, GIT_REMOTE_DENIED. */
async function pushByName(
  repository: Repository,
  { remote, changes, scratchFolder }: PushRefsRequest,
  outcomes: Map<RefName, PushOutcome>,
): Promise<void> {
  const plain: GitOptions = { cwd: repository.workTree };
  const push = async (options: GitOptions, part: readonly RemoteChange[]) => {
    const outcome = await pushOnce(options, remote, part);
    const isAnswered = readAnswer(outcome, outcomes);
    return outcome.exitCode !== 0 && !isAnswered ? outcome.stderr : undefined;
  };
  for (let start = 0; start < changes.length; start += refsAtOnce) {
    const part = changes.slice(start, start + refsAtOnce);
    const gitDir = { scratchFolder, refs: [], settings: [] };
    const problem =
      part.length > fewRefs
        ? await withPushGitDir(repository, gitDir, (options) => push(options, part))
        : await push(plain, part);
    if (problem === undefined) continue;
    // Settings may depend on where the Git directory lies (includeIf): the repository itself has the last word.
    const lastProblem = part.length > fewRefs ? await push(plain, part) : problem;
    if (lastProblem !== undefined) throw remoteFailed("push to", remote, lastProblem);
  }
}

const pushFlags = ["push", "--porcelain", "--no-verify", "--no-follow-tags", "--no-recurse-submodules"];

/** Below which refs are pushed by pattern, and where they and what is expected of them stand in the Git directory for it. */
const patternPlaces = { there: "refs/exps/", to: "refs/sweepline/to/", expected: "refs/sweepline/expected/" };

/**
 * Pushes refs by one pattern. Git compares each ref that is named, and each lease, with all refs of the remote: ten
 * thousand of them take it a minute. By pattern it looks each up once; what is expected it reads from refs of ours that
 * stand for the remote's, where a ref that is not there means that there is none in the remote, either. Where settings of the
 * user's come between, refs count as stale. Fills in outcomes.
 */
async function pushByPattern(
  repository: Repository,
  { remote, changes, scratchFolder }: PushRefsRequest,
  outcomes: Map<RefName, PushOutcome>,
): Promise<void> {
  const { there } = patternPlaces;
  const fitting = changes.filter((change) => change.to !== undefined && change.ref.startsWith(there));
  if (fitting.length <= fewRefs || remote.includes("\n")) return;
  readAnswer(await pushPattern(repository, { remote, changes: fitting, scratchFolder }, []), outcomes);
}

/**
 * Deletes refs by one pattern: all that the remote has there, each only if its lease holds. Those that stay have no lease, which
 * says that they must not be there: git leaves them. Fills in outcomes.
 */
async function deleteByPattern(
  repository: Repository,
  { remote, changes, scratchFolder }: PushRefsRequest,
  outcomes: Map<RefName, PushOutcome>,
): Promise<void> {
  const fitting = changes.filter(
    ({ ref, to, expected }) => to === undefined && expected !== undefined && ref.startsWith(patternPlaces.there),
  );
  if (fitting.length <= fewRefs || remote.includes("\n")) return;
  const said = new Map<RefName, PushOutcome>();
  readAnswer(await pushPattern(repository, { remote, changes: fitting, scratchFolder }, ["--prune"]), said);
  for (const { ref } of fitting) {
    const outcome = said.get(ref);
    if (outcome !== undefined) outcomes.set(ref, outcome);
  }
}

function pushPattern(
  repository: Repository,
  { remote, changes, scratchFolder }: PushRefsRequest,
  flags: readonly string[],
): Promise<GitOutcome> {
  const { there, to, expected } = patternPlaces;
  const at = (folder: string, ref: RefName, id: ObjectId | undefined): Ref[] =>
    id === undefined ? [] : [{ id, name: (folder + ref.slice(there.length)) as RefName }];
  const refs = changes.flatMap((each) => [...at(to, each.ref, each.to), ...at(expected, each.ref, each.expected)]);
  // Git reads no settings of a remote that is called by a path of the root.
  const name = remote.startsWith("/") ? "sweepline path" : remote;
  const settings = [
    `[remote "${name.replaceAll(/["\\]/g, "\\$&")}"]`,
    ...(name === remote ? [] : [`\turl = ${quoteConfig(remote)}`]),
    `\tfetch = +${there}*:${expected}*`,
    "[push]",
    "\tuseForceIfIncludes = false",
  ];
  const args = [...pushFlags, ...flags, "--force-with-lease", "--end-of-options", name, `${to}*:${there}*`];
  return withPushGitDir(repository, { scratchFolder, refs, settings }, (options) =>
    tryGit(args, { ...options, terminal: "needed" }),
  );
}

function pushOnce(options: GitOptions, remote: string, changes: readonly RemoteChange[]): Promise<GitOutcome> {
  const args = [
    ...pushFlags,
    ...changes.map(({ ref, expected }) => `--force-with-lease=${ref}:${expected ?? ""}`),
    "--end-of-options",
    remote,
    ...changes.map(({ ref, to }) => `${to ?? ""}:${ref}`),
  ];
  return tryGit(args, { ...options, terminal: "needed" });
}

interface PushAnswer {
  readonly outcomes: Map<RefName, PushOutcome>;
  readonly said: string;
}

/** Whether git told of any ref. */
function readAnswer({ stdout, stderr }: GitOutcome, outcomes: Map<RefName, PushOutcome>): boolean {
  const said = remoteWords(stderr);
  const lines = stdout.toString().split("\n");
  return lines.filter((line) => readPushLine(line, { outcomes, said })).length > 0;
}

function refusal(reason: string): PushOutcome {
  return { kind: "refused", why: pushRefusal(reason), reason };
}

/** `<flag> TAB <from>:<to> TAB <summary> (<reason>)`; whether the line is one. */
function readPushLine(line: string, { outcomes, said }: PushAnswer): boolean {
  const found = /^([ +*=!-])\t[^\t]*:(refs\/[^\t]+)\t(.*)$/.exec(line);
  if (found === null) return false;
  const [, flag, ref = "", summary = ""] = found;
  if (flag !== "!") outcomes.set(ref as RefName, { kind: "pushed" });
  else if (summary.startsWith("[rejected]")) outcomes.set(ref as RefName, { kind: "stale", reason: summary });
  else outcomes.set(ref as RefName, refusal(said === "" ? summary : `${summary}: ${said}`));
  return true;
}

/**
 * Fetches the objects of a remote's refs, as they were listed, and changes no ref of ours: the caller does, once it has
 * looked at them. Errors: GIT_REMOTE_FAILED.
 */
export async function fetchObjects(repository: Repository, remote: string, refs: readonly Ref[]): Promise<void> {
  if (refs.length === 0) return;
  // By id where they are many: git compares each name with all names of the remote, in minutes for ten thousand.
  if (refs.length > fewRefs && (await fetchWanted(repository, remote, idsOf(refs))).exitCode === 0) return;
  const { exitCode, stderr } = await fetchWanted(
    repository,
    remote,
    refs.map(({ name }) => name),
  );
  if (exitCode !== 0) throw remoteFailed("fetch from", remote, stderr);
}

function idsOf(refs: readonly Ref[]): readonly ObjectId[] {
  return [...new Set(refs.map(({ id }) => id))];
}

function fetchWanted(repository: Repository, remote: string, wanted: readonly string[]): Promise<GitOutcome> {
  const args = [
    "fetch",
    "--quiet",
    "--no-tags",
    "--no-prune",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--refmap=",
    "--stdin",
    "--end-of-options",
    remote,
  ];
  const input = wanted.map((each) => `${each}\n`).join("");
  return tryGit(args, { cwd: repository.workTree, terminal: "needed", input });
}

/** Whether a remote of that name is configured; an address or a path counts as one. */
export async function hasGitRemote({ workTree }: Repository, name: string): Promise<boolean> {
  if (/[/:\\]/.test(name)) return true;
  return (await tryGit(["config", "--get", `remote.${name}.url`], { cwd: workTree })).exitCode === 0;
}
