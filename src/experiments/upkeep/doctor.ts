/** Looks for what crashes, full disks and careless hands leave behind, and repairs what can be repaired without loss. */
import path from "node:path";
import { existsSync, readdirSync, removeFile } from "../../base/files.ts";
import { isLockHeld } from "../../base/locks.ts";
import { removeAllThatGoes } from "../../base/remove-stubborn.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { gitVersion } from "../../git/porcelain.ts";
import { brokenRefs, changeRefs, listRefs } from "../../git/refs.ts";
import { tryGit } from "../../git/run.ts";
import { staleGitLocks } from "../../git/stale-locks.ts";
import { checkCache, setAside } from "../../store/verify.ts";
import { listQueue, queuePrefix } from "../queue/entries.ts";
import { deadGroups, haunted } from "../recovery/dead-runs.ts";
import { recoverDeadRuns } from "../recovery/recovery.ts";
import { deadStages } from "../recovery/stage-tables.ts";
import { type ExperimentsContext, parseExperimentRef } from "../repository.ts";
import { findLeftFiles, findLeftUploads } from "./leftovers.ts";

export interface Finding {
  /** What was looked at: `git`, `locks`, `cache`. */
  readonly check: string;
  readonly state: "ok" | "problem" | "fixed";
  readonly text: string;
}

export interface DoctorRequest {
  readonly mode: "report" | "fix";
  readonly cache: "check" | "skip";
}

interface Problem {
  readonly text: string;
  /** undefined where only a person can do something. Answers, where it could not do it, why. */
  readonly repair?: () => Promise<string | undefined> | Promise<void> | string | undefined | void;
}

interface Check {
  readonly name: string;
  readonly fine: string;
  find(context: ExperimentsContext): Promise<readonly Problem[]>;
}

const oldestNode = 20;
const oldestGit = [2, 30] as const;

/** All checks, in their order. Repairs only where the request says so. */
export async function examine(context: ExperimentsContext, request: DoctorRequest): Promise<readonly Finding[]> {
  const checks = request.cache === "check" ? [...quickChecks, cacheObjects, leftUploads] : quickChecks;
  const findings: Finding[] = [];
  for (const check of checks) {
    const problems = await check.find(context);
    if (problems.length === 0) findings.push({ check: check.name, state: "ok", text: check.fine });
    for (const { text, repair } of problems) {
      const isRepaired = request.mode === "fix" && repair !== undefined;
      const hindrance = isRepaired ? await repair() : undefined;
      const isFixed = isRepaired && typeof hindrance !== "string";
      const words = typeof hindrance === "string" ? `${text}: ${hindrance}` : text;
      findings.push({ check: check.name, state: isFixed ? "fixed" : "problem", text: words });
    }
  }
  return findings;
}

const nodeVersion: Check = {
  name: "node",
  fine: `Node ${process.versions.node}`,
  find: async () => {
    const major = Number(process.versions.node.split(".")[0]);
    return major >= oldestNode
      ? []
      : [{ text: `Node ${process.versions.node} is too old: ${oldestNode} or newer is needed` }];
  },
};

const gitIsNew: Check = {
  name: "git",
  fine: `Git ${oldestGit.join(".")} or newer`,
  find: async ({ repository }) => {
    const { text, major, minor } = (await gitVersion(repository.workTree)) ?? { text: "none", major: 0, minor: 0 };
    const isOld = major < oldestGit[0] || (major === oldestGit[0] && minor < oldestGit[1]);
    return isOld ? [{ text: `Git ${text} is too old: ${oldestGit.join(".")} or newer is needed` }] : [];
  },
};

const deadRuns: Check = {
  name: "runs",
  fine: "no runs of dead processes",
  find: async (context) => {
    const { claims } = context.state;
    const names = existsSync(claims) ? readdirSync(claims).filter((name) => /^\d{10,}$/.test(name)) : [];
    const dead = names.filter((name) => !isLockHeld(path.join(claims, name)));
    const repair = async () => {
      await recoverDeadRuns(context);
    };
    const groups = deadGroups(context.state).map(({ pid }) => pid);
    const stages = deadStages(context.state);
    const copies = haunted(context.state).map((folder) => path.relative(context.project.root, folder));
    return [
      ...dead.map(
        (name) => `the process that ran entry ${Number(name)} is gone: its stages are to be ended, the entry is queued`,
      ),
      ...groups.map((pid) => `process group ${pid} is a stage of a run that is gone: it is to be ended`),
      ...stages.map((pid) => `process ${pid} is of a stage whose repro is gone: it is to be ended`),
      ...copies.map((folder) => `processes are at work in ${folder}, whose run is gone: they are to be ended`),
    ].map((text) => ({ text, repair }));
  },
};

const staleLocks: Check = {
  name: "locks",
  fine: "no stale locks",
  find: async (context) => {
    const { state, project } = context;
    const folders = [state.root, state.claims, state.copies, state.devices].filter((folder) => existsSync(folder));
    const files = folders.flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith(".lock") || name.endsWith(".removal"))
        .map((name) => path.join(folder, name)),
    );
    return files
      .filter((file) => !isLockHeld(file))
      .map((file) => ({
        text: `${path.relative(project.root, file)} is held by nobody who lives`,
        repair: async () => {
          // The lock may be the last trace of a dead run: its stages end first.
          await recoverDeadRuns(context);
          if (!isLockHeld(file)) removeFile(file);
        },
      }));
  },
};

const gitLocks: Check = {
  name: "git locks",
  fine: "no locks of a git that is gone",
  find: async ({ repository }) =>
    staleGitLocks(repository).map((file) => ({
      text: `${path.relative(repository.workTree, file)} was left by a git that is gone: Git refuses to change what it locks`,
      repair: () => removeFile(file),
    })),
};

const leftFiles: Check = {
  name: "files",
  fine: "no temporary files of dead processes",
  find: async (context) => findLeftFiles(context).map((file) => leftBehind(context, file)),
};

const leftUploads: Check = {
  name: "remotes",
  fine: "no temporary files of dead processes in folders that are remotes",
  find: async (context) => findLeftUploads(context).map((file) => leftBehind(context, file)),
};

function leftBehind({ project }: ExperimentsContext, file: string): Problem {
  return {
    text: `${path.relative(project.root, file)} was left by a process that is gone`,
    repair: () => {
      const stuck = removeAllThatGoes(file);
      return stuck === undefined ? undefined : `cannot remove '${path.relative(project.root, stuck)}'`;
    },
  };
}

const unreadableEntries: Check = {
  name: "queue",
  fine: "all entries of the queue can be read",
  find: async (context) => {
    const { broken } = await listQueue(context);
    return broken.map(({ ref, commit }) => ({
      text: `${ref} is no entry that can be run`,
      repair: () => dropRef(context, ref, commit),
    }));
  },
};

const unreadableRefs: Check = {
  name: "refs",
  fine: "all refs of experiments can be read",
  find: async ({ repository }) =>
    [...(await brokenRefs(repository, "refs/exps")), ...(await refsToNoCommit(repository))]
      .filter((ref) => parseExperimentRef(ref) !== undefined || ref.startsWith(queuePrefix))
      .map((ref) => ({
        text: `${ref} can't be read, and the experiment is not seen: fetch it again, or write its commit there (\`git fsck --lost-found\` names those that no ref leads to)`,
      })),
};

/** Those whose objects are missing are told by another check. */
async function refsToNoCommit({ workTree }: ExperimentsContext["repository"]): Promise<readonly string[]> {
  const args = ["for-each-ref", "--format=%(objecttype) %(refname)", "--", "refs/exps"];
  const { stdout } = await tryGit(args, { cwd: workTree });
  return stdout
    .toString()
    .split("\n")
    .flatMap((line) => /^(?:blob|tree|tag) (.*)$/.exec(line)?.[1] ?? [])
    .filter((ref) => parseExperimentRef(ref) !== undefined);
}

const missingObjects: Check = {
  name: "objects",
  fine: "all objects of queued and finished experiments are there",
  find: async (context) => {
    const { broken } = await listQueue(context);
    const unreadable = new Set(broken.map((entry) => entry.ref));
    const refs = await listRefs(context.repository, [queuePrefix, "refs/exps"]);
    const unique = new Map(refs.map((ref) => [ref.name, ref.id]));
    const candidates = [...unique].filter(
      ([ref]) => !unreadable.has(ref) && (ref.startsWith(queuePrefix) || parseExperimentRef(ref) !== undefined),
    );
    if (
      candidates.length === 0 ||
      (await isComplete(
        context,
        candidates.map(([, id]) => id),
      ))
    )
      return [];
    const problems: Problem[] = [];
    for (const [ref, id] of candidates) {
      if (await isComplete(context, [id])) continue;
      problems.push(
        ref.startsWith(queuePrefix)
          ? { text: `${ref} lacks objects and can't run`, repair: () => dropRef(context, ref, id) }
          : { text: `${ref} lacks objects: fetch it again, or remove it with \`sweepline exp remove ${ref}\`` },
      );
    }
    return problems;
  },
};

/** Whether the commits and all that their trees name are there; their history is not looked at. */
async function isComplete({ repository }: ExperimentsContext, commits: readonly ObjectId[]): Promise<boolean> {
  // Without the paths: those of folders that are nested thousands deep are longer than all else together.
  const args = ["rev-list", "--objects", "--no-object-names", "--missing=print", "--no-walk", "--stdin"];
  const outcome = await tryGit(args, {
    cwd: repository.workTree,
    input: commits.map((commit) => `${commit}\n`).join(""),
  });
  return outcome.exitCode === 0 && !/^\?/m.test(outcome.stdout.toString());
}

function dropRef({ repository }: ExperimentsContext, ref: RefName, from: ObjectId): Promise<void> {
  return changeRefs(repository, "sweepline: doctor", [{ kind: "delete", ref, from }]);
}

const cacheObjects: Check = {
  name: "cache",
  fine: "all objects of the cache hold what their names say",
  find: async ({ project }) => {
    const { broken } = await checkCache(project.cacheDir);
    return broken.map((object) => ({
      text: `cache object ${object.md5} is broken: set aside in ${path.join(project.cacheDir, "broken")}, a run or \`sweepline pull\` makes it anew`,
      repair: () => {
        setAside(project.cacheDir, object);
      },
    }));
  },
};

const quickChecks = [
  nodeVersion,
  gitIsNew,
  deadRuns,
  staleLocks,
  gitLocks,
  leftFiles,
  unreadableEntries,
  unreadableRefs,
  missingObjects,
];
