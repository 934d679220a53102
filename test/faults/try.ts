/** One run of a scenario with one fault, and all that is looked at afterwards. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { CommandResult, Repository, RunningCommand } from "../rig/index.ts";
import {
  checksOf,
  isBusy,
  type Plan,
  pointStates,
  processesOf,
  userState,
  violationsMeanwhile,
  violationsOfGoingOn,
  violationsOfRepair,
  whenEnded,
  whenGitEnded,
} from "./invariants.ts";
import { type Site, sitesOf } from "./places.ts";
import { copyRepository, faultEnvironment, faultFolder, makeFaultRepository } from "./project.ts";
import type { Scenario } from "./scenarios.ts";

/** A scenario made ready: what is copied for each run, and what an undisturbed run of it leaves. */
export interface Prepared {
  readonly scenario: Scenario;
  readonly template: Repository;
  readonly outcome: string;
  /** How many side effects an undisturbed run has. */
  readonly effects: number;
  /** Where they come from. */
  readonly sites: readonly Site[];
  /** How long it takes here and now. */
  readonly elapsedMs: number;
}

export interface Trial {
  /** `kill:17`. */
  readonly fault: string;
  /** What was done at which call; undefined: the run was over before. */
  readonly fired: string | undefined;
  /** How many invariants were looked at. */
  readonly checks: number;
  readonly violations: readonly string[];
}

/** Names and contents of all files below a folder. */
function contents(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => path.join(item.parentPath, item.name))
    .map((file) => `${path.relative(folder, file)} ${createHash("md5").update(readFileSync(file)).digest("hex")}`)
    .sort();
}

/** All that a command may have been there to change, without what differs from run to run: times and commit ids. */
function outcomeOf(repository: Repository): string {
  const { head, stash, index, files } = userState(repository);
  const refs = (folder: string) =>
    repository.git("-C", folder, "for-each-ref", "--format=%(refname) %(tree)", "refs/exps", "refs/heads");
  const states = pointStates(repository).map(({ name, state }) => `${name} ${state}`);
  const data = [".dvc/cache/files", "../store/files"].map((folder) => contents(path.join(repository.folder, folder)));
  const order = existsSync(path.join(repository.folder, ".dvc/tmp/exps/sweepline/order.json"))
    ? repository.read(".dvc/tmp/exps/sweepline/order.json")
    : "";
  const remote = refs(path.join(repository.root, "remote.git"));
  const lines = [head, stash, index, ...files.split("\n"), refs("."), remote, ...states, order, ...data.flat()];
  // Temporary files and folders are looked for after the repair, which takes them away.
  return lines.filter((line) => !/\.tmp(\/\S*)? (100\d+ )?[0-9a-f]{32}$/.test(line)).join("\n");
}

/** One after the other, and beside the first what is to meet no fault. */
async function runCommands(scenario: Scenario, repository: Repository, setting: string): Promise<CommandResult[]> {
  const other = scenario.beside === undefined ? undefined : repository.start(scenario.beside);
  const results = await runOwnCommands(scenario, repository, setting);
  return other === undefined ? results : [...results, await other.result()];
}

async function runOwnCommands(scenario: Scenario, repository: Repository, setting: string): Promise<CommandResult[]> {
  const env = faultEnvironment(setting, faultFolder(repository));
  const results: CommandResult[] = [];
  for (const command of scenario.commands) {
    const result = await repository.run(command, { env });
    results.push(result);
    if (result.exitCode !== 0) break;
  }
  return results;
}

export async function prepare(scenario: Scenario): Promise<Prepared> {
  const template = makeFaultRepository();
  await scenario.prepare?.(template);
  const repository = copyRepository(template);
  await scenario.arrange?.(repository);
  const startedAt = Date.now();
  const results = await runCommands(scenario, repository, "count");
  const elapsedMs = Date.now() - startedAt;
  await scenario.settle?.(repository);
  // Of two at once one may find that the other has a part of its work: said, with 1.
  const allowed = scenario.beside === undefined ? [0] : [0, 1];
  const failed = results.find((result) => !allowed.includes(result.exitCode ?? -1));
  if (failed !== undefined) throw new Error(`${scenario.name} fails without a fault\n${failed.stdout}${failed.stderr}`);
  // Points may still run in the background: files come and go. Their outcome is not compared either.
  const outcome = scenario.points === undefined ? outcomeOf(repository) : "";
  const calls = readFileSync(path.join(faultFolder(repository), "calls"), "latin1")
    .split("\n")
    .slice(0, -1);
  if (scenario.arrange !== undefined) await violationsOfGoingOn(repository, planOf(scenario, repository));
  dispose(repository);
  return { scenario, template, outcome, effects: calls.length, sites: sitesOf(calls), elapsedMs };
}

function planOf(scenario: Scenario, repository: Repository): Plan {
  const { points, changes, queued, data, checkpoints, again, commands } = scenario;
  const marks = checkpoints === undefined ? {} : { checkpoints };
  return {
    points,
    changes,
    queued,
    data,
    ...marks,
    user: userState(repository),
    again: again ?? commands,
    afresh: commands,
  };
}

function dispose(repository: Repository): void {
  rmSync(repository.root, { recursive: true, force: true, maxRetries: 5 });
}

/** A command may fail, but it says why, in words for people. */
function wordsViolations(results: readonly CommandResult[]): string[] {
  return results.flatMap(({ exitCode, signal, stdout, stderr }) => {
    const said = `${stdout}\n${stderr}`;
    if (/unexpected error|bug in sweepline|^\s+at .+:\d+/m.test(said)) return [`a stack trace: ${said}`];
    if (exitCode === null && signal !== "SIGKILL" && signal !== "SIGINT") return [`ended by ${signal}`];
    if (exitCode !== 0 && signal === null && said.trim() === "") return [`exit code ${exitCode} without a word`];
    return [];
  });
}

/** A command that manages experiments ends up, if need be at the second try, where an undisturbed one does. */
async function outcomeViolations(prepared: Prepared, repository: Repository, plan: Plan): Promise<string[]> {
  const { scenario, outcome } = prepared;
  if (scenario.points !== undefined) return violationsOfGoingOn(repository, plan);
  const problems = outcomeOf(repository) === outcome ? [] : await violationsOfGoingOn(repository, plan);
  const now = outcomeOf(repository);
  return now === outcome ? problems : [...problems, `not what an undisturbed run leaves:\n${difference(outcome, now)}`];
}

function difference(wanted: string, found: string): string {
  const [before, after] = [wanted.split("\n"), found.split("\n")];
  const missing = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  return [...missing, ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`)].join("\n");
}

/**
 * What still runs belongs to the fault: Git's processes, and stages whose runner was killed. Those of a coordinator in the
 * background go on, and the scenarios that have one have stages that wait.
 */
async function whenQuiet(scenario: Scenario, repository: Repository): Promise<void> {
  if (isBusy(repository)) return;
  await (scenario.arrange === undefined ? whenEnded(repository, /./) : whenGitEnded(repository));
}

interface Done {
  readonly results: readonly CommandResult[];
  readonly fired: string | undefined;
  readonly violations: readonly string[];
}

/** Runs the scenario with that fault in a fresh copy, and looks at everything. */
export async function tryFault(prepared: Prepared, setting: string): Promise<Trial> {
  return trial(prepared, setting, async (scenario, repository) => {
    const results = await runCommands(scenario, repository, setting);
    await scenario.settle?.(repository);
    const file = path.join(faultFolder(repository), "fired");
    const fired = existsSync(file) ? readFileSync(file, "utf8") : undefined;
    return { results, fired, violations: [] };
  });
}

/** A disturbance from outside, at a moment of its own. */
export interface Disturbance {
  readonly name: string;
  /** Waits for its moment, then sends signals. Answers whether they found a command running. */
  act(running: () => RunningCommand | undefined, repository: Repository): Promise<boolean>;
  /** What must hold as soon as the commands have ended. */
  look(repository: Repository): Promise<readonly string[]>;
}

export async function tryDisturbance(prepared: Prepared, { name, act, look }: Disturbance): Promise<Trial> {
  return trial(prepared, name, async (scenario, repository) => {
    const results: CommandResult[] = [];
    let running: RunningCommand | undefined;
    const runAll = async () => {
      for (const words of scenario.commands) {
        running = repository.start(words);
        const result = await running.result();
        results.push(result);
        if (result.exitCode !== 0) break;
      }
      running = undefined;
    };
    const [found] = await Promise.all([act(() => running, repository), runAll()]);
    await scenario.settle?.(repository);
    return { results, fired: found ? name : undefined, violations: await look(repository) };
  });
}

async function trial(
  prepared: Prepared,
  fault: string,
  act: (scenario: Scenario, repository: Repository) => Promise<Done>,
): Promise<Trial> {
  const { scenario, template } = prepared;
  const repository = copyRepository(template);
  try {
    const plan = planOf(scenario, repository);
    await scenario.arrange?.(repository);
    const done = await act(scenario, repository);
    await whenQuiet(scenario, repository);
    const atRest = await violationsMeanwhile(repository, plan);
    const after = [...done.violations, ...wordsViolations(done.results), ...atRest];
    const on = await outcomeViolations(prepared, repository, plan);
    const repaired = await violationsOfRepair(repository);
    return {
      fault,
      fired: done.fired,
      checks: checksOf(plan),
      violations: [
        ...after.map((text) => `after the fault: ${text}`),
        ...on.map((text) => `going on: ${text}`),
        ...repaired.map((text) => `repairing: ${text}`),
      ],
    };
  } catch (error) {
    const violation = `could not be looked at: ${error instanceof Error ? error.stack : error}`;
    return { fault, fired: "?", checks: 0, violations: [violation] };
  } finally {
    for (const { pid } of processesOf(repository)) endProcess(pid);
    dispose(repository);
  }
}

/** What a violation left running must not disturb the next run. */
function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
