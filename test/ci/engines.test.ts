/**
 * Rounds in engines that others wrote for the pipelines of GitLab and GitHub: what `matrix init` writes is read and run by them,
 * three points, of which one fails. Nothing is fetched: actions are small ones of our own under the pinned names.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { findProgram, starts } from "./runners/found.ts";
import { makeTools, runProgram } from "./runners/machine.ts";
import { seedProject } from "./runners/project.ts";

const gitlabCiLocal = findProgram("gitlab-ci-local", "SWEEPLINE_GITLAB_CI_LOCAL");
const hasGitlab = starts(gitlabCiLocal) && starts(findProgram("rsync")) && starts(findProgram("bash"));
const act = findProgram("act", "SWEEPLINE_ACT");
const hasAct = starts(act);

interface Setting {
  readonly repository: Repository;
  readonly env: Readonly<Record<string, string>>;
  /** Refs of results and failures in the remote, by their last part. */
  remoteRefs(): readonly string[];
}

/** A project with a pipeline, its remote, and a storage folder. */
async function setUp(system: string): Promise<Setting> {
  const repository = makeRepository({ dvc: false, files: seedProject });
  await repository.succeed(["init", "--quiet"]);
  mkdirSync(path.join(repository.root, "store"));
  await repository.succeed(["remote", "add", "-q", "-d", "store", path.join(repository.root, "store")]);
  repository.commit("project");
  await repository.succeed(["matrix", "init", "--for", system, "seed=range(6,9)"]);
  repository.commit("pipeline");
  const bare = path.join(repository.root, "remote.git");
  execFileSync("git", ["clone", "--quiet", "--bare", repository.folder, bare], { env: repository.env });
  repository.git("remote", "add", "origin", bare);
  const tools = makeTools(repository.root);
  const env = { ...repository.env, PATH: `${tools}${path.delimiter}${process.env.PATH}` };
  const remoteRefs = () => {
    const refs = execFileSync("git", ["for-each-ref", "--format=%(refname)", "refs/exps", "refs/sweeps"], {
      cwd: bare,
    });
    return [...refs.toString().matchAll(/[^/\s-]+$/gm)].map(([last]) => last);
  };
  return { repository, env, remoteRefs };
}

describe.skipIf(!hasGitlab)(
  "gitlab-ci-local (skipped without it, SWEEPLINE_GITLAB_CI_LOCAL names it, and without rsync)",
  () => {
    test("plans, runs the child pipeline's jobs, and collects from their bundles", async () => {
      const { repository, env, remoteRefs } = await setUp("gitlab");
      const args = ["--force-shell-executor", "--no-color", "--concurrency", "1"];
      const { output } = await runProgram(gitlabCiLocal ?? "", args, { cwd: repository.folder, env });
      expect(output).toContain("2 of 3 points done, 1 failed, 0 missing.");
      // One job at a time: it gives all of them the same folder.
      // What it says of jobs: it does not make the failure of a child pipeline its own.
      expect(
        [...output.matchAll(/^ (PASS|FAIL) .*(sweep-plan|sweep-collect|point-1: \[\d\])/gm)]
          .map(([, ...end]) => end.join(" "))
          .sort(),
      ).toEqual([
        "FAIL point-1: [1]",
        "FAIL sweep-collect",
        "PASS point-1: [0]",
        "PASS point-1: [2]",
        "PASS sweep-plan",
      ]);
      expect(repository.read("report.md")).toMatch(/\| failed \| failed to reproduce 'train'/);
      expect(readdirSync(path.join(repository.folder, "bundles"))).toHaveLength(3);
      expect(remoteRefs()).toEqual([]);
    });
  },
);

/** Composite actions of the names and inputs that the workflow uses: a clone, nothing, and copies to and from a folder. */
function makeActions(setting: Setting, artifacts: string): readonly string[] {
  const { repository } = setting;
  const origin = repository.git("remote", "get-url", "origin");
  const inputs = (names: readonly string[]) =>
    names.map((name) => `  ${name}: { required: false, default: "" }\n`).join("");
  const scripts: Readonly<Record<string, readonly [inputs: readonly string[], script: string]>> = {
    "actions/checkout": [
      ["ref", "persist-credentials"],
      `git init --quiet . && git remote add origin '${origin}' && git fetch --quiet --depth 1 origin "$I_REF" && git checkout --quiet --detach --force FETCH_HEAD`,
    ],
    "actions/setup-node": [["node-version"], "true"],
    "actions/cache": [["path", "key", "restore-keys"], "true"],
    "actions/upload-artifact": [
      ["name", "path", "overwrite", "if-no-files-found"],
      `mkdir -p '${artifacts}'/"$I_NAME" && cp -R "$I_PATH" '${artifacts}'/"$I_NAME"/`,
    ],
    "actions/download-artifact": [["name", "pattern", "path"], `cp -R '${artifacts}'/"$I_NAME"/. .`],
  };
  const workflow = repository.read(
    path.join(".github/workflows", readdirSync(path.join(repository.folder, ".github/workflows"))[0] ?? ""),
  );
  return [...new Set([...workflow.matchAll(/uses: (\S+)@(\S+)/g)].map(([, name, pin]) => `${name}@${pin}`))].map(
    (pinned) => {
      const [name = ""] = pinned.split("@");
      const [names, script] = scripts[name] ?? [[], "exit 1"];
      const folder = path.join(repository.root, "actions", name);
      if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
      const variables = names
        .map((each) => `        I_${each.toUpperCase().replaceAll("-", "_")}: \${{ inputs.${each} }}\n`)
        .join("");
      writeFileSync(
        path.join(folder, "action.yml"),
        `name: ${name}\ninputs:\n${inputs(names)}runs:\n  using: composite\n  steps:\n    - shell: bash\n      env:\n${variables}      run: |\n        ${script}\n`,
      );
      return `${pinned}=${folder}`;
    },
  );
}

describe.skipIf(!hasAct)("act (skipped without it, SWEEPLINE_ACT names it)", () => {
  test("plans, runs the legs of the matrix, and collects what they pushed", async () => {
    const setting = await setUp("github");
    const { repository, env, remoteRefs } = setting;
    const actions = makeActions(setting, path.join(repository.root, "artifacts"));
    const args = [
      "workflow_dispatch",
      ...["-P", "ubuntu-latest=-self-hosted", "--action-offline-mode", "--no-cache-server"],
      ...actions.flatMap((each) => ["--local-repository", each]),
    ];
    const { exitCode, output } = await runProgram(act ?? "", args, { cwd: repository.folder, env });
    expect(output).toContain("2 of 3 points done, 1 failed, 0 missing.");
    expect(exitCode).toBe(1);
    expect(remoteRefs()).toEqual(["0000", "0002", "1"]);
  });
});
