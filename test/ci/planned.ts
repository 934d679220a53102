/**
 * A project with a plan, a bare Git remote and a storage folder. Results and failures of points are written as a run leaves
 * them, without running anything.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type NamedFile, namedFile } from "../../src/base/named-file.ts";
import { writeFailure } from "../../src/ci/failures.ts";
import { formatPlan, makePlan, type PlanPoint, plainRun, planId, type SweepPlan } from "../../src/ci/plan.ts";
import { failureRef, resultRef } from "../../src/ci/plan-refs.ts";
import { factsHeader } from "../../src/experiments/record.ts";
import { type ExperimentsContext, openExperiments } from "../../src/experiments/repository.ts";
import type { ObjectId, RefName } from "../../src/git/ids.ts";
import { writeCommit } from "../../src/git/objects.ts";
import { headCommit } from "../../src/git/repository.ts";
import { openProject } from "../../src/project/open.ts";
import { expandPoints } from "../../src/sweep/expand.ts";
import { gitWith, useEnvironment } from "../git/repositories.ts";
import { type Files, makeRepository, type Repository } from "../rig/index.ts";

const files: Files = {
  "params.yaml": "x: 1\n",
  "dvc.yaml": "stages:\n  copy:\n    cmd: cp params.yaml out.txt\n    params: [x]\n    outs: [out.txt]\n",
  ".gitignore": "/out.txt\n",
};

/** A repository with `origin` and the storage remote `store`. */
export function makeRemoteRepository(): Repository {
  const repository = makeRepository({ files });
  useEnvironment(repository);
  const bare = path.join(repository.root, "remote.git");
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare], { env: repository.env });
  // Relative: of a copy, it is the copy's own.
  repository.git("remote", "add", "origin", "../remote.git");
  mkdirSync(path.join(repository.root, "store"));
  repository.write({ ".dvc/config": "[core]\n    remote = store\n['remote \"store\"']\n    url = ../../store\n" });
  repository.commit("remotes");
  return repository;
}

export const contextOf = (repository: Repository): ExperimentsContext => {
  useEnvironment(repository);
  return openExperiments(openProject(repository.folder));
};

export class Planned {
  readonly context: ExperimentsContext;

  private constructor(
    readonly repository: Repository,
    readonly plan: SweepPlan,
  ) {
    this.context = contextOf(repository);
  }

  static async make(repository: Repository, ...overrides: readonly string[]): Promise<Planned> {
    const { repository: opened } = contextOf(repository);
    const baseline = await headCommit(opened);
    const facts = { baseline, run: plainRun, name: "p" };
    const { points } = expandPoints(overrides);
    const { plan } = makePlan({ ...facts, sweep: planId(facts, overrides), points });
    writeFileSync(path.join(repository.root, "sweep.json"), formatPlan(plan));
    return new Planned(repository, plan);
  }

  /** The same in a copy of the repository. */
  copy(): Planned {
    return new Planned(this.repository.copy(), this.plan);
  }

  /** After a change of its configuration. */
  reopened(): Planned {
    return new Planned(this.repository, this.plan);
  }

  get planFile(): NamedFile {
    return namedFile(this.repository.root, "sweep.json");
  }

  point(i: number): PlanPoint {
    const point = this.plan.points[i];
    if (point === undefined) throw new TypeError(`no point ${i}`);
    return point;
  }

  ref(i: number): RefName {
    return resultRef(this.plan, this.point(i));
  }

  /** A commit that is the result of a point; `facts` other than its own make it another's, `held` what its tree holds. */
  async result(
    i: number,
    facts: { readonly x?: number; readonly held?: string; readonly files?: Files } = {},
  ): Promise<ObjectId> {
    const { plan, repository } = this;
    const { set } = this.point(i);
    const texts = facts.x === undefined ? set : [`x=${facts.x}`];
    const overrides = texts.map((text) => ({ file: "params.yaml", text, key: "x", value: text.slice(2) }));
    const held = facts.held ?? `x: ${texts.join().slice(2)}\n`;
    const commit = writeCommit(this.context.repository, {
      tree: this.tree({ "params.yaml": held, "result.txt": `${texts.join()}\n`, ...facts.files }),
      parents: [plan.baseline],
      author: "A <a@b> 1 +0000",
      extraHeaders: factsHeader({ sweep: plan.sweep, point: i, identity: "", overrides, targets: [], flags: {} }),
      message: "run\n",
    });
    repository.git("update-ref", this.ref(i), commit);
    return commit;
  }

  /** As a run that failed leaves it. */
  async failure(i: number, message: string): Promise<ObjectId> {
    const point = this.point(i);
    const commit = await writeFailure(this.context.repository, this.plan, {
      point,
      message,
      code: "STAGE_FAILED",
      log: "/nowhere/log",
    });
    this.repository.git("update-ref", failureRef(this.plan, point), commit);
    return commit;
  }

  /** Pushes all results and failures, and forgets them here. */
  publish(): void {
    this.repository.git("push", "--quiet", "origin", "refs/exps/*:refs/exps/*", "refs/sweeps/*:refs/sweeps/*");
    this.forget();
  }

  forget(): void {
    const refs = this.repository.git("for-each-ref", "--format=delete %(refname)", "refs/exps", "refs/sweeps");
    gitWith(this.repository, ["update-ref", "--stdin"], `${refs}\n`);
  }

  remoteRefs(): readonly string[] {
    const lines = this.repository.git("ls-remote", "origin", "refs/exps/*", "refs/sweeps/*").split("\n");
    return lines.flatMap((line) => line.split("\t")[1] ?? []);
  }

  private tree(added: Files): ObjectId {
    const lines = Object.entries(added).map(([name, content]) => {
      const blob = gitWith(this.repository, ["hash-object", "-w", "--stdin"], content);
      return `100644 blob ${blob}\t${name}\n`;
    });
    const all = this.repository.git("ls-tree", this.plan.baseline).split("\n");
    const old = all.filter((line) => !Object.hasOwn(added, line.slice(line.indexOf("\t") + 1))).join("\n");
    return gitWith(this.repository, ["mktree"], `${old}\n${lines.join("")}`) as ObjectId;
  }
}

/** A dvc.lock whose output has that content. */
export function lockOf(content: string): { readonly md5: string; readonly files: Files } {
  const md5 = createHash("md5").update(content).digest("hex");
  const out = { path: "out.txt", hash: "md5", md5, size: content.length };
  const lock = { schema: "2.0", stages: { copy: { cmd: "cp params.yaml out.txt", outs: [out] } } };
  return { md5, files: { "dvc.lock": JSON.stringify(lock) } };
}
