/**
 * What must hold after any fault, and again once the work was gone on with. Each check answers the violations it found, in
 * words; none is the empty list.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { queuePrefix } from "../../src/experiments/queue/entries.ts";
import { openExperiments } from "../../src/experiments/repository.ts";
import { cleanExperiments } from "../../src/experiments/upkeep/clean.ts";
import { examine } from "../../src/experiments/upkeep/doctor.ts";
import { openProject } from "../../src/project/open.ts";
import { type Repository, within } from "../rig/index.ts";
import { paramsOf } from "./project.ts";

export interface PlannedPoint {
  readonly name: string;
  readonly x: number;
  /** There need be none of it: a command removes it, or queues it. */
  readonly isOptional?: true;
}

/** What the user has and no fault may take: HEAD, branches, tags, index, stash, and the bytes of their files. */
export interface UserState {
  readonly head: string;
  readonly branches: string;
  readonly stash: string;
  readonly index: string;
  readonly files: string;
}

export interface Plan {
  /** undefined: the command changes which there are (remove, rename), so that only each of them is looked at. */
  readonly points: readonly PlannedPoint[] | undefined;
  readonly user: UserState;
  /** Its stages make some: a point may be an experiment and wait in the queue, and each commit of a chain is whole. */
  readonly checkpoints?: true;
  /** What the command is there to change. Queued and temporary runs leave all of it alone. */
  readonly changes: "nothing" | "files" | "files and index" | "branches";
  /** "may follow": `exp pull` says which data it could not get, and gets it when it is called again. */
  readonly data?: "may follow" | undefined;
  /** Before the fault. "none": the command itself queues, so that none or all of them may be there after the fault. */
  readonly queued: "all" | "none";
  /** Commands that go on with the work, after which all points are done. */
  readonly again: readonly (readonly string[])[];
  /** The same, where the fault came before anything was queued; absent: `again`. */
  readonly afresh?: readonly (readonly string[])[] | undefined;
}

const isStateOfOurs = (name: string) => /^\.dvc\/(tmp|cache)(\/|$)/.test(name) || name === ".git";

/** Every file of the work tree, except below .dvc/tmp and the cache, with what it holds. */
function filesOf(folder: string, inside = ""): string[] {
  return readdirSync(path.join(folder, inside), { withFileTypes: true }).flatMap((item) => {
    const name = path.posix.join(inside, item.name);
    if (isStateOfOurs(name)) return [];
    if (item.isDirectory()) return filesOf(folder, name);
    const file = path.join(folder, name);
    return [
      `${name} ${lstatSync(file).mode.toString(8)} ${createHash("md5").update(readFileSync(file)).digest("hex")}`,
    ];
  });
}

export function userState(repository: Repository): UserState {
  return {
    head: readFileSync(path.join(repository.folder, ".git/HEAD"), "utf8"),
    branches: repository.git("for-each-ref", "refs/heads", "refs/tags"),
    stash: repository.git("stash", "list", "--format=%H"),
    index: repository.git("ls-files", "--stage"),
    files: filesOf(repository.folder).sort().join("\n"),
  };
}

export type PointState = "queued" | "failed" | "done";

export interface FoundPoint {
  readonly name: string;
  readonly state: PointState;
}

/** Each ref of an entry or an experiment: what it says of which name. A running one is queued, and claimed. */
export function pointStates(repository: Repository): FoundPoint[] {
  const listing = repository.git("for-each-ref", "--format=%(refname) %(contents:subject)", "refs/exps");
  return listing.split("\n").flatMap((line): FoundPoint[] => {
    const [ref = "", subject = ""] = line.split(" ");
    const finished = /^refs\/exps\/[0-9a-f]{2}\/[0-9a-f]{38}\/(.+)$/.exec(ref);
    if (finished !== null) return [{ name: finished[1] ?? "", state: "done" }];
    if (!ref.startsWith(queuePrefix)) return [];
    const state = ref.startsWith(`${queuePrefix}/failed/`) ? "failed" : "queued";
    return [{ name: subject.split(":").at(-1) ?? "", state }];
  });
}

/** Each planned point is exactly one of queued (or running), failed, done; nothing else is there. */
function pointViolations(repository: Repository, plan: Plan): string[] {
  const { points } = plan;
  if (points === undefined) return [];
  const states = pointStates(repository);
  const known = new Set(points.map((point) => point.name));
  const strangers = states.filter(({ name }) => !known.has(name)).map(({ name }) => `'${name}' was not planned`);
  const found = points.map(({ name }) => states.filter((item) => item.name === name).map((item) => item.state));
  if (plan.queued === "none" && found.every((each) => each.length === 0)) return strangers;
  const wrong = found.flatMap((each, at) =>
    each.length === 1 || (each.length === 0 && points[at]?.isOptional) || (plan.checkpoints && isContinued(each))
      ? []
      : [`'${points[at]?.name}' is ${each.join(" and ") || "lost"}`],
  );
  return [...strangers, ...wrong];
}

/** What is to go on from its checkpoints: they are an experiment, and its entry waits. */
function isContinued(states: readonly PointState[]): boolean {
  return states.length === 2 && states.includes("done") && !states.every((state) => state === "done");
}

function cacheObject(repository: Repository, md5: string): string {
  return path.join(repository.folder, ".dvc/cache/files/md5", md5.slice(0, 2), md5.slice(2));
}

const md5Of = (content: string | Uint8Array) => createHash("md5").update(content).digest("hex");

/** Texts of blobs by name (`REF:FILE`), asked of one process; "(missing)" where there is none. */
function blobs(repository: Repository, names: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  if (names.length === 0) return found;
  const { folder: cwd, env } = repository;
  const output = execFileSync("git", ["cat-file", "--batch"], { cwd, env, input: `${names.join("\n")}\n` });
  let at = 0;
  for (const name of names) {
    const end = output.indexOf("\n", at);
    const [, size] = / blob (\d+)$/.exec(output.toString("utf8", at, end)) ?? [];
    found.set(name, size === undefined ? "(missing)" : output.toString("utf8", end + 1, end + 1 + Number(size)));
    at = size === undefined ? end + 1 : end + 2 + Number(size);
  }
  return found;
}

const resultFiles = ["params.yaml", "m.json", "dvc.lock"];

/** An experiment holds its parameters, its metrics, the lock file of its run, and the cache what that names. */
function incompleteness(
  repository: Repository,
  ref: string,
  { texts, data }: { readonly texts: ReadonlyMap<string, string>; readonly data: Plan["data"] },
): string[] {
  const show = (file: string) => texts.get(`${ref}:${file}`) ?? "(missing)";
  const params = show("params.yaml");
  const x = /^x: (\d+)/.exec(params)?.[1] ?? "?";
  const md5 = md5Of(params);
  const problems: string[] = [];
  if (params !== paramsOf(Number(x))) problems.push(`params.yaml is ${JSON.stringify(params)}`);
  if (JSON.parse(show("m.json").replace(/^\(.*$/, "{}")).score !== Number(x)) problems.push("m.json is not its own");
  if (!show("dvc.lock").includes(md5)) problems.push("dvc.lock does not name its output");
  const object = cacheObject(repository, md5);
  const isAbsent = !existsSync(object);
  if (isAbsent ? data === undefined : md5Of(readFileSync(object)) !== md5)
    problems.push("its output is not in the cache");
  return problems.map((problem) => `${ref} is incomplete: ${problem}`);
}

/** The ref, and the checkpoints before it: each is an experiment. */
function chainOf(repository: Repository, ref: string): readonly string[] {
  const older = repository.git("rev-list", "--skip=1", `HEAD..${ref}`);
  return [ref, ...older.split("\n").filter((commit) => commit !== "")];
}

/** Each finished experiment is whole, and is that of its point. */
function experimentViolations(repository: Repository, { points = [], data, checkpoints }: Plan): string[] {
  const refs = repository.experimentRefs().flatMap((ref) => (checkpoints ? chainOf(repository, ref) : [ref]));
  const texts = blobs(
    repository,
    refs.flatMap((ref) => resultFiles.map((file) => `${ref}:${file}`)),
  );
  return refs.flatMap((ref) => {
    const name = ref.split("/").at(-1);
    const point = points.find((item) => item.name === name);
    const isOther = point !== undefined && !texts.get(`${ref}:params.yaml`)?.startsWith(`x: ${point.x} `);
    return [...incompleteness(repository, ref, { texts, data }), ...(isOther ? [`${ref} is of another point`] : [])];
  });
}

function fsckViolations(repository: Repository): string[] {
  try {
    repository.git("fsck", "--full", "--strict", "--no-dangling", "--no-progress");
    return [];
  } catch (error) {
    return [`git fsck: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** Whole or absent: each object of the cache and of the storage remote holds what its name says. */
function objectViolations(repository: Repository): string[] {
  const folders = [path.join(repository.folder, ".dvc/cache"), path.join(repository.root, "store")];
  return folders.flatMap((folder) => brokenObjects(path.join(folder, "files/md5")));
}

function brokenObjects(top: string): string[] {
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true }).flatMap((item) => {
    const file = path.join(item.parentPath, item.name);
    const isObject = item.isFile() && !item.name.startsWith(".");
    const name = `${path.basename(item.parentPath)}${item.name}`.replace(/\.dir$/, "");
    if (!isObject || md5Of(readFileSync(file)) === name) return [];
    return [`object ${path.relative(top, file)} in ${top} is broken`];
  });
}

/** Processes of a run, known by their home folder, which is the repository's own. */
export function processesOf(repository: Repository): { readonly pid: number; readonly command: string }[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const environment = `\0${readFileSync(`/proc/${name}/environ`, "utf8")}\0`;
      if (!environment.includes(`\0HOME=${repository.env.HOME}\0`)) return [];
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      return command === "" ? [] : [{ pid: Number(name), command }];
    } catch {
      return [];
    }
  });
}

/** Waits until no process of the run is left that matches. */
export async function whenEnded(repository: Repository, pattern: RegExp): Promise<void> {
  const gone = async () => {
    while (processesOf(repository).some(({ command }) => pattern.test(command))) await setTimeout(10);
  };
  const left = () =>
    processesOf(repository)
      .map(({ command }) => command)
      .join("\n");
  await within(gone(), `${pattern} to end`, left);
}

/** Git's processes end with those that started them, but a moment later. */
export async function whenGitEnded(repository: Repository): Promise<void> {
  await whenEnded(repository, /^(\S*\/)?git |^git$|\bsh -c git /);
}

/** Whether a coordinator works on in the background: then files and refs come and go, and its Git with them. */
export function isBusy(repository: Repository): boolean {
  return processesOf(repository).some(({ command }) => /queue worker/.test(command));
}

export async function processViolations(repository: Repository): Promise<string[]> {
  if (!isBusy(repository)) await whenGitEnded(repository);
  return processesOf(repository).map(({ pid, command }) => `process ${pid} is left: ${command}`);
}

const userParts = ["head", "branches", "stash", "index", "files"] as const;

function userViolations(repository: Repository, { user, changes }: Plan): string[] {
  const now = userState(repository);
  return userParts
    .filter((part) => !changes.includes(part) && now[part] !== user[part])
    .map((part) => `the user's ${part} changed:\n${user[part]}\n->\n${now[part]}`);
}

/** What a crash may leave and `doctor --fix` and `exp clean` take away. */
function leftovers(repository: Repository): string[] {
  const store = path.join(repository.root, "store");
  const folders = [repository.folder, ...(existsSync(store) ? [store] : [])];
  const everything = folders.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }));
  return everything.filter((name) => /\.(tmp|removal|lock|index)$/.test(name) && name !== "dvc.lock");
}

/** What holds at any moment, with nothing of ours running: right after a crash, and after all that follows. */
export function violationsAtRest(repository: Repository, plan: Plan): string[] {
  return [
    ...pointViolations(repository, plan),
    ...experimentViolations(repository, plan),
    ...fsckViolations(repository),
    ...objectViolations(repository),
    ...userViolations(repository, plan),
  ];
}

const mostLooks = 50;

/** The same where a coordinator may be at work in the background: no listing of files or refs is of one moment, so what is wrong only for a moment does not count. */
export async function violationsMeanwhile(repository: Repository, plan: Plan): Promise<string[]> {
  const look = (isLast: boolean): string[] => {
    try {
      return violationsAtRest(repository, plan);
    } catch (error) {
      // A file that went between its listing and its reading.
      if (isLast || !(error instanceof Error)) throw error;
      return [error.message];
    }
  };
  for (let looks = 1; looks < mostLooks; looks++) {
    const wasBusy = isBusy(repository);
    const found = look(!wasBusy);
    if (found.length === 0 || !wasBusy) return found;
    await setTimeout(100);
  }
  return look(true);
}

/** Goes on with the work: all of it gets done, by commands that nothing blocks, and nothing twice. */
export async function violationsOfGoingOn(repository: Repository, plan: Plan): Promise<string[]> {
  const problems: string[] = [];
  const { again, afresh = again } = plan;
  for (const command of pointStates(repository).length === 0 ? afresh : again) {
    const { exitCode, stdout, stderr } = await repository.run(command);
    if (exitCode !== 0) problems.push(`'${command.join(" ")}' ended with ${exitCode}: ${stdout}\n${stderr}`);
  }
  const unfinished = plan.points === undefined ? [] : pointStates(repository).filter(({ state }) => state !== "done");
  problems.push(...unfinished.map(({ name, state }) => `'${name}' is still ${state}`));
  problems.push(...violationsAtRest(repository, { ...plan, queued: "all" }), ...(await processViolations(repository)));
  return problems;
}

/**
 * Repairs and cleans, as `doctor --fix` and `exp clean` do: nothing of the crash is left. Here, in the test's own
 * process: three more commands a run would be half of its time.
 */
export async function violationsOfRepair(repository: Repository): Promise<string[]> {
  const context = openExperiments(openProject(repository.folder));
  await examine(context, { mode: "fix", cache: "check" });
  await cleanExperiments(context, { keepRuns: 1000, olderThanMs: undefined });
  const found = (await examine(context, { mode: "report", cache: "check" })).filter(({ state }) => state !== "ok");
  return [
    ...found.map(({ check, text }) => `doctor: ${check}: ${text}`),
    ...leftovers(repository).map((name) => `${name} is left`),
    ...(await processViolations(repository)),
  ];
}

/** How many invariants are looked at in one run: for the report. */
export function checksOf({ changes, points, again }: Plan): number {
  const user = userParts.filter((part) => !changes.includes(part)).length;
  const atRest = user + (points === undefined ? 3 : 4);
  // Besides: what was printed, what is unfinished or other than undisturbed, processes; repairs, leftovers, processes.
  return 2 * atRest + again.length + 3 + 3;
}

/** All of it, in the order in which it can be looked at: after the fault, after going on, after repairing. */
export async function checkInvariants(repository: Repository, plan: Plan): Promise<string[]> {
  const after = violationsAtRest(repository, plan).map((text) => `after the fault: ${text}`);
  const on = (await violationsOfGoingOn(repository, plan)).map((text) => `going on: ${text}`);
  const repaired = (await violationsOfRepair(repository)).map((text) => `repairing: ${text}`);
  return [...after, ...on, ...repaired];
}
