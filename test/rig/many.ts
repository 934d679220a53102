/** Repositories with many experiments, made by one git process each, and what a command costs there. */
import { execFileSync } from "node:child_process";
import { type Files, makeRepository, type Repository } from "./repository.ts";

/** A pipeline that costs nothing: one stage, one parameter. */
export const tinyPipeline: Files = {
  "params.yaml": "x: 1\n",
  "dvc.yaml": "stages:\n  a:\n    cmd: echo > o\n    params: [x]\n    outs:\n    - o:\n        cache: false\n",
};

/** What the stage of `tinyPipeline` leaves in dvc.lock. */
function lockOf(x: number): string {
  return `schema: '2.0'\nstages:\n  a:\n    cmd: echo > o\n    params:\n      params.yaml:\n        x: ${x}\n    outs:\n    - path: o\n      hash: md5\n      md5: 68b329da9893e34099c7d8ad5cb9c940\n      size: 1\n`;
}

interface ManyFacts {
  /** "e" gives e1, e2... */
  readonly prefix?: string;
  /** The first one's number and value of x. */
  readonly from?: number;
  /** A header of commits, as this tool writes it; DVC writes none. */
  header?(x: number): string;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** Makes finished experiments of `tinyPipeline` on HEAD as DVC makes them, and returns their commits. */
export function addExperiments(repository: Repository, count: number, facts: ManyFacts = {}): readonly string[] {
  const { prefix = "e", from = 1, header } = facts;
  const head = repository.git("rev-parse", "HEAD");
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  const stream = numbers.map((x) =>
    [
      `commit refs/made/${prefix}${x}\n`,
      "committer DVC <dvc@example.com> 1700000000 +0000\n",
      data(`dvc: commit experiment ${x}`),
      `from ${head}\n`,
      `M 100644 inline params.yaml\n${data(`x: ${x}\n`)}`,
      `M 100644 inline dvc.lock\n${data(lockOf(x))}`,
      `M 100644 inline o\n${data("")}\n`,
    ].join(""),
  );
  gitWith(repository, ["fast-import", "--quiet"], stream.join(""));
  const made = repository.git("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/made");
  const commits = new Map(made.split("\n").map((line) => [line.slice(41), line.slice(0, 40)]));
  const own = numbers.map((x) => withHeader(repository, commits.get(`${prefix}${x}`) ?? "", header?.(x)));
  const refs = numbers.map(
    (x, at) => `create refs/exps/${head.slice(0, 2)}/${head.slice(2)}/${prefix}${x} ${own[at]}\n`,
  );
  const gone = numbers.map((x) => `delete refs/made/${prefix}${x}\n`);
  gitWith(repository, ["update-ref", "--stdin"], [...refs, ...gone].join(""));
  return own;
}

function withHeader(repository: Repository, commit: string, header: string | undefined): string {
  if (header === undefined) return commit;
  const content = repository.git("cat-file", "commit", commit).replace("\n\n", `\n${header}\n\n`);
  return gitWith(repository, ["hash-object", "-t", "commit", "-w", "--stdin"], content).trim();
}

function gitWith(repository: Repository, args: readonly string[], input: string): string {
  return execFileSync("git", args, {
    cwd: repository.folder,
    env: repository.env,
    input,
    maxBuffer: 1 << 28,
  }).toString();
}

/** A repository of `tinyPipeline` with that many experiments of DVC's on its only commit. */
export function manyExperiments(count: number, facts: ManyFacts = {}): Repository {
  const repository = makeRepository({ files: tinyPipeline });
  addExperiments(repository, count, facts);
  return repository;
}

/** How many git processes a command starts, which must succeed. */
export async function gitProcesses(repository: Repository, args: readonly string[]): Promise<number> {
  const { exitCode, stdout, stderr } = await repository.run(args, { env: { SWEEPLINE_DEBUG: "git" } });
  if (exitCode !== 0) throw new Error(`'${args.join(" ")}' ended with ${exitCode}\n${stdout}\n${stderr}`);
  const calls = stderr.split("\n").flatMap((line) => /^\[[\d.]+ git\] (.*)/.exec(line)?.[1] ?? []);
  // One that serves many requests is told when it starts, and not always when it ends.
  const started = calls.filter((call) => call.includes(": started in "));
  const long = new Set(started.map((call) => call.slice(0, call.indexOf(": "))));
  const short = calls.filter((call) => !long.has(call.slice(0, call.indexOf(": "))));
  return started.length + short.length;
}
