/**
 * A round on each of the other systems: a project in a folder of its repository, three points in two jobs, one of which
 * fails. The jobs are those that the emitted text names, with the environment that the system gives.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { makeTools } from "./runners/machine.ts";
import {
  azure,
  buildkite,
  circleci,
  jenkins,
  json,
  kubernetes,
  lines,
  type Round,
  type RoundEnd,
  type RunRound,
  slurm,
  tekton,
} from "./runners/pipelines.ts";
import { seedProject } from "./runners/project.ts";

const project = "models/first";

/** A remote with the files of all systems that have some. */
async function makeRemote(): Promise<Repository> {
  const repository = makeRepository({ dvc: false });
  repository.write(Object.fromEntries(Object.entries(seedProject).map(([name, text]) => [`${project}/${name}`, text])));
  await repository.succeed(["init", "--subdir", "--quiet"], { cwd: project });
  for (const system of ["azure", "buildkite", "circleci", "jenkins", "tekton"])
    await repository.succeed(["matrix", "init", "--for", system, "seed=range(6,9)"], { cwd: project });
  repository.commit("pipelines");
  execFileSync("git", ["clone", "--quiet", "--bare", repository.folder, path.join(repository.root, "remote.git")]);
  return repository;
}

interface Ended extends RoundEnd {
  /** Refs of results and failures in the remote, by their last part. */
  readonly refs: readonly string[];
  readonly folder: string;
}

async function runIn(name: string, runRound: RunRound, author: Round["author"]): Promise<Ended> {
  const folder = path.join(repository.root, `${name}-${author}`);
  mkdirSync(folder);
  const bare = path.join(folder, "remote.git");
  cpSync(path.join(repository.root, "remote.git"), bare, { recursive: true });
  const commit = repository.git("rev-parse", "HEAD");
  const end = await runRound({ url: `file://${bare}`, commit, project, folder, tools, author });
  const output = end.points.map((point) => point.output).join("\n");
  expect(end.points.map(({ exitCode }) => exitCode).sort(), output).toEqual([0, 1]);
  const refs = execFileSync("git", ["for-each-ref", "--format=%(refname)", "refs/exps", "refs/sweeps"], { cwd: bare });
  return { ...end, folder, refs: [...refs.toString().matchAll(/[^/\s-]+$/gm)].map(([last]) => last) };
}

function expectReport({ collect }: RoundEnd): void {
  expect(collect?.output).toContain("2 of 3 points done, 1 failed, 0 missing.");
  expect(collect?.exitCode, collect?.output).toBe(1);
}

const systems = { azure, buildkite, circleci, jenkins, tekton, kubernetes, slurm, json, lines };

describe.each(Object.entries(systems))("%s", (name, runRound) => {
  it("runs every point once, in shards, and tells which failed", async () => {
    const end = await runIn(name, runRound, "member");
    expect(end.refs).toEqual(["0000", "0002", "1"]);
    if (name === "slurm") expect(readdirSync(path.join(end.folder, "store", "files", "md5"))).toHaveLength(2);
    if (end.collect !== undefined) expectReport(end);
  });
});

describe.each(Object.entries({ azure, circleci }))("%s, for a fork's pull request", (name, runRound) => {
  it("pushes nothing, and collects from bundles", async () => {
    const end = await runIn(name, runRound, "stranger");
    expect(end.refs).toEqual([]);
    expectReport(end);
  });
});

let repository: Repository;
let tools: string;

beforeAll(async () => {
  repository = await makeRemote();
  tools = makeTools(repository.root);
});
