/**
 * The real DVC beside sweepline. It is looked for in the virtual environment that SWEEPLINE_PEERS names, else on PATH.
 * `npm test` takes it only from SWEEPLINE_PEERS: a DVC that happens to be installed must not make it slow.
 */
import { execFileSync } from "node:child_process";
import { accessSync, constants, cpSync } from "node:fs";
import path from "node:path";
import { describe, expect } from "vitest";
import {
  type CommandResult,
  makeTemporaryFolder,
  Repository,
  type RunningCommand,
  type RunOptions,
} from "../rig/index.ts";

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The folder of the program `dvc`; undefined where it can't be had. */
export function findPeers(): string | undefined {
  const named = process.env.SWEEPLINE_PEERS;
  const folders =
    named !== undefined
      ? [path.join(named, "bin")]
      : process.env.npm_lifecycle_event === "test"
        ? []
        : (process.env.PATH ?? "").split(path.delimiter);
  return folders.find((folder) => path.isAbsolute(folder) && isProgram(path.join(folder, "dvc")));
}

const peers = findPeers();

/** Tests that need the real DVC. Each takes some of its slow commands, so they get more time. */
export function describeWithDvc(name: string, tests: () => void): void {
  const title = peers === undefined ? `${name} (skipped: no real DVC, set SWEEPLINE_PEERS)` : name;
  // A peer's command takes a second: the tests of a group go on from what those before them left, in their order.
  describe.skipIf(peers === undefined)(title, { shuffle: false }, tests);
}

/** Runs the real `dvc ARGS` to its end. */
export function runDvc(
  repository: Repository,
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandResult> {
  return startDvc(repository, args, options).result();
}

/** Starts the real `dvc ARGS` and leaves it running. */
export function startDvc(repository: Repository, args: readonly string[], options: RunOptions = {}): RunningCommand {
  const folder = peers ?? "";
  const env = {
    // DVC's queue starts `dvc` from PATH.
    PATH: `${folder}${path.delimiter}${repository.env.PATH}`,
    // Else it is a folder that all repositories of the machine share.
    DVC_SITE_CACHE_DIR: path.join(repository.root, "site-cache"),
    ...options.env,
  };
  return repository.startProgram(path.join(folder, "dvc"), args, { ...options, env });
}

/** Runs the real `dvc ARGS`, which must succeed, and returns its stdout. */
export async function dvc(repository: Repository, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runDvc(repository, args);
  if (exitCode !== 0) throw new Error(`'dvc ${args.join(" ")}' ended with ${exitCode}\n${stdout}\n${stderr}`);
  return stdout;
}

/** A command of DVC, a Git command, or a file that is written; paths relative to the folder of the commands. */
export type PeerStep = readonly ["dvc" | "git", ...string[]] | readonly ["write", file: string, text: string];

const stepsScript = `
import json, subprocess, sys
from dvc.cli import main
for kind, *rest in json.loads(sys.stdin.readline()):
    code = 0
    if kind == "git":
        code = subprocess.run([kind, *rest], stdout=subprocess.DEVNULL).returncode
    elif kind == "write":
        with open(rest[0], "w", newline="") as file:
            file.write(rest[1])
    else:
        code = main(rest)
    sys.stdout.write(f"<<step {code}>>")
    sys.stdout.flush()
`;

export interface PeerAnswer {
  readonly exitCode: number;
  readonly stdout: string;
}

/** Steps one after the other in one process of Python, where a command takes a tenth of the second that DVC needs to start. */
export async function runSteps(
  repository: Repository,
  steps: readonly PeerStep[],
  options: RunOptions = {},
): Promise<readonly PeerAnswer[]> {
  const env = {
    PATH: `${peers}${path.delimiter}${repository.env.PATH}`,
    DVC_SITE_CACHE_DIR: path.join(repository.root, "site-cache"),
    ...options.env,
  };
  const python = path.join(peers ?? "", "python");
  const running = repository.startProgram(python, ["-W", "ignore", "-c", stepsScript], {
    ...options,
    env,
    stdin: `${JSON.stringify(steps)}\n`,
  });
  const { exitCode, stdout, stderr } = await running.result();
  const answers = [...stdout.matchAll(/(.*?)<<step (-?\d+)>>/gs)].map(([, text = "", code]) => ({
    exitCode: Number(code),
    stdout: text,
  }));
  if (exitCode !== 0 || answers.length !== steps.length)
    throw new Error(`step ${answers.length + 1} of DVC's ended with ${exitCode}\n${stdout}\n${stderr}`);
  return answers;
}

/** The same repository once more, with a home folder of its own. */
export function copyRepository(repository: Repository): Repository {
  const copy = new Repository(makeTemporaryFolder());
  cpSync(repository.folder, copy.folder, { recursive: true, preserveTimestamps: true });
  return copy;
}

/** The finished experiments of all baselines: name to commit. */
export function experiments(repository: Repository): ReadonlyMap<string, string> {
  const refs = repository.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/exps").split("\n");
  const found = refs.map((line) => /^refs\/exps\/[0-9a-f]{2}\/[0-9a-f]{38}\/(\S+) (\S+)$/.exec(line));
  return new Map(found.flatMap((parts) => (parts === null ? [] : [[parts[1] ?? "", parts[2] ?? ""] as const])));
}

interface Facts {
  readonly message: string;
  /** Path to blob. Without parameter files: DVC rewrites them as a whole, we only what an override names. */
  readonly files: Readonly<Record<string, string>>;
}

// DVC forgets the arguments of the run in the experiments that it saves.
const leftOver = ".dvc/tmp/repro.dat";
const parameterFile = /(^|\/)(params\.yaml|p\.(toml|py|json)|model\.json|settings\.toml)$/;

function factsOf(repository: Repository, name: string): Facts {
  const commit = experiments(repository).get(name) ?? `missing experiment ${name}`;
  const rows = repository.git("ls-tree", "-r", "--full-tree", commit).split("\n");
  const files = rows.map((row) => row.split("\t")).map(([facts = "", file = ""]) => [file, facts] as const);
  return {
    message: repository.git("log", "-1", "--format=%B", commit),
    files: Object.fromEntries(files.filter(([file]) => file !== leftOver && !parameterFile.test(file))),
  };
}

/** The same message, the same lock files and the same other files. */
export function expectSameExperiment(ours: Repository, theirs: Repository, name: string): void {
  const [mine, other] = [factsOf(ours, name), factsOf(theirs, name)];
  const locks = (repository: Repository) =>
    Object.keys(other.files)
      .filter((file) => file.endsWith("dvc.lock"))
      .map((file) => `${file}\n${repository.git("show", `${experiments(repository).get(name)}:${file}`)}`);
  // First as text: a hash that differs says little.
  expect(locks(ours)).toEqual(locks(theirs));
  expect(mine).toEqual(other);
}

/** Runs a script by the Python that has DVC, Hydra and ruamel.yaml: lines of JSON in, one line of JSON out for each. */
export function runPython(script: string, inputs: readonly unknown[]): readonly unknown[] {
  const output = execFileSync(path.join(peers ?? "", "python"), ["-W", "ignore", "-c", script], {
    input: inputs.map((input) => `${JSON.stringify(input)}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  return output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}
