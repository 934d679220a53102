/**
 * Whole rounds on one machine: a bare repository as remote, the pipeline that `matrix init` wrote, read and run as the
 * system would. Each job has a clone without history and only the environment that the system gives.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { faultEnvironment } from "../faults/project.ts";
import { makeRepository, makeTemporaryFolder, type Repository } from "../rig/index.ts";
import { GithubWorkflow, type WorkflowRun } from "./runners/github.ts";
import { GitlabPipeline } from "./runners/gitlab.ts";
import { makeTools } from "./runners/machine.ts";

/** The stage fails for seed 7, and says in its metrics which point it was. */
const files = {
  "params.yaml": "lr: 0.1\nseed: 0\n",
  "train.sh": `seed=$(sed -n 's/^seed: //p' params.yaml)
test "$seed" != 7 || { echo 'seven is bad'; exit 3; }
cp params.yaml model.txt
echo "{\\"seed_was\\": $seed}" > metrics.json
`,
  "dvc.yaml": `stages:
  train:
    cmd: sh train.sh
    deps: [train.sh]
    params: [lr, seed]
    outs: [model.txt]
    metrics: [{metrics.json: {cache: false}}]
`,
};

interface Setting {
  readonly repository: Repository;
  readonly url: string;
  readonly commit: string;
  readonly store: string;
  readonly tools: string;
  /** Names of experiments in the remote, and of points that failed there. */
  remoteResults(): { readonly done: string[]; readonly failed: string[] };
}

/** @param folder of the project; "" for the top of the repository */
async function setUp(system: string, sweep: readonly string[], folder = ""): Promise<Setting> {
  const named = Object.entries(files).map(([name, text]) => [path.join(folder, name), text]);
  const repository = makeRepository({ dvc: false, files: Object.fromEntries(named) });
  const inProject = { cwd: folder };
  await repository.succeed(folder === "" ? ["init", "--quiet"] : ["init", "--quiet", "--subdir"], inProject);
  const bare = path.join(repository.root, "remote.git");
  const store = path.join(repository.root, "store");
  mkdirSync(store);
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare], { env: repository.env });
  repository.git("remote", "add", "origin", bare);
  await repository.succeed(["remote", "add", "-d", "store", store], inProject);
  await repository.succeed(["matrix", "init", "--for", system, ...sweep], inProject);
  const commit = repository.commit("pipeline");
  repository.git("push", "--quiet", "origin", "main");
  const remoteResults = () => {
    const refs = repository.git("ls-remote", "origin", "refs/exps/*", "refs/sweeps/*").split("\n");
    const names = (pattern: RegExp) => refs.flatMap((ref) => pattern.exec(ref)?.[1] ?? []).sort();
    return { done: names(/refs\/exps\/.*\/([^/]+)$/), failed: names(/refs\/sweeps\/.*\/failed\/(\d+)$/) };
  };
  return { repository, url: `file://${bare}`, commit, store, tools: makeTools(repository.root), remoteResults };
}

function workflowRun(setting: Setting, github: Readonly<Record<string, unknown>>): WorkflowRun {
  const { repository, url, commit, tools } = setting;
  const workflows = path.join(repository.folder, ".github", "workflows");
  return {
    text: readFileSync(path.join(workflows, readdirSync(workflows)[0] ?? ""), "utf8"),
    url,
    commit,
    tools,
    folder: path.join(repository.root, "github"),
    github: { sha: commit, ref: "refs/heads/main", repository: "team/project", run_id: 1, ...github },
  };
}

const everyone = (points: number) => Array.from({ length: points }, (_, i) => i);

describe("GitHub", () => {
  it("runs 40 jobs at a time, some killed and run again, some twice: all results are there, once", async () => {
    const setting = await setUp("github", ["lr=0.1,0.2,0.3,0.4", "seed=range(10)"]);
    // A job that dies on the way leaves its machine behind; it is started again on a new one.
    const killed = new Map([
      [3, "12"],
      [11, "30"],
      [32, "56"],
    ]);
    const attempts: WorkflowRun["attempts"] = (leg) => {
      const step = killed.get(leg);
      if (step !== undefined)
        return { together: false, variables: [faultEnvironment(`kill:${step}`, makeTemporaryFolder()), {}] };
      return { together: true, variables: leg % 13 === 5 ? [{}, {}] : [{}] };
    };
    const workflow = new GithubWorkflow({ ...workflowRun(setting, { event_name: "workflow_dispatch" }), attempts });
    await workflow.run();
    const { done, failed } = setting.remoteResults();
    const names = JSON.parse(workflow.ends.get("plan")?.outputs.matrix ?? "{}").include;
    expect(names).toEqual(everyone(40).map((point) => ({ point: String(point) })));
    expect(failed).toEqual(["17", "27", "37", "7"]);
    expect(done.map((name) => Number(name.slice(-4)))).toEqual(everyone(40).filter((i) => i % 10 !== 7));
    for (const leg of killed.keys())
      expect(workflow.legs[leg]?.map(({ result }) => result)).toEqual(["failure", "success"]);
    for (const [leg, ends] of workflow.legs.entries())
      expect(ends.at(-1)?.result, ends.at(-1)?.log).toBe(leg % 10 === 7 ? "failure" : "success");
    const collect = workflow.ends.get("collect");
    expect(collect?.result).toBe("failure");
    expect(workflow.legs[7]?.at(-1)?.log).toContain("\n  seven is bad\n");
    expect(collect?.log).toContain("36 of 40 points done, 4 failed, 0 missing.");
    // On ordinary runs there is nothing to warn of.
    expect(collect?.log).not.toContain("WARNING");
    expect(collect?.summary).toContain("-0017 | 17 | 17 | failed |");
    expect(collect?.summary.match(/seed_was/g)).toHaveLength(1);
    const objects = readdirSync(path.join(setting.store, "files", "md5"), { recursive: true, withFileTypes: true });
    expect(objects.filter((entry) => entry.isFile())).toHaveLength(36);
    setting.repository.git("fetch", "--quiet", "origin", "refs/exps/*:refs/exps/*");
    const seeds = setting.repository
      .experimentRefs()
      .map((ref) => JSON.parse(setting.repository.git("show", `${ref}:metrics.json`)).seed_was);
    expect(seeds).toEqual(everyone(40).flatMap((i) => (i % 10 === 7 ? [] : [i % 10])));
  });

  it("takes the results of a fork's pull request from bundles, and pushes nothing; for a project in a folder", async () => {
    const setting = await setUp("github", ["seed=5,6,7"], "models/first");
    const head = { sha: setting.commit, repo: { full_name: "stranger/project" } };
    const event = { event_name: "pull_request", event: { pull_request: { head } } };
    // The first job is run again, on another machine.
    const attempts = (leg: number) => ({ together: false, variables: leg === 0 ? [{}, {}] : [{}] });
    const workflow = new GithubWorkflow({ ...workflowRun(setting, event), attempts });
    await workflow.run();
    expect(workflow.legs[0]?.map(({ log }) => /(\d) done before/.exec(log)?.[1])).toEqual(["0", "1"]);
    expect(setting.remoteResults()).toEqual({ done: [], failed: [] });
    expect(workflow.ends.get("collect")?.log).toContain("2 of 3 points done, 1 failed, 0 missing.");
    expect(workflow.ends.get("collect")?.summary).toContain("exited with 3: seven is bad");
  });

  it("runs nothing where the sweep is empty, and says so in the plan", async () => {
    const before = await setUp("github", ["seed=range(5)"]);
    before.repository.write({ "sweep.txt": "seed=range(5,1)\n" });
    const setting = { ...before, commit: before.repository.commit("empty") };
    setting.repository.git("push", "--quiet", "origin", "main");
    const workflow = new GithubWorkflow(workflowRun(setting, { event_name: "workflow_dispatch" }));
    await workflow.run();
    expect(["plan", "point", "collect"].map((job) => workflow.ends.get(job)?.result)).toEqual([
      "failure",
      "skipped",
      "skipped",
    ]);
    expect(workflow.ends.get("plan")?.log).toContain("the sweep has no points");
  });
});

describe("GitLab", () => {
  it("runs the emitted child pipeline, and collects its bundles", async () => {
    const setting = await setUp("gitlab", ["seed=range(4)"], "models/first");
    const { repository, url, commit, tools } = setting;
    const pipeline = new GitlabPipeline({ url, commit, tools, folder: path.join(repository.root, "gitlab") });
    const { points, collect, report } = await pipeline.run();
    expect(points.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    expect(collect.exitCode, collect.output).toBe(0);
    expect(collect.output).toContain("4 of 4 points done, 0 failed, 0 missing.");
    expect(report).toContain("4 of 4 points done");
    expect(setting.remoteResults()).toEqual({ done: [], failed: [] });
  });
});
