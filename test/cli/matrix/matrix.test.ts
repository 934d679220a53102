/** The matrix commands in real clones: what is done once, what is refused, what is tried again. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { makePipelineRepository, type Repository } from "../../rig/index.ts";
import { type Clones, withRemotes } from "./clones.ts";

interface Setting extends Clones {
  readonly repository: Repository;
  readonly plan: string;
}

async function setUp(...overrides: string[]): Promise<Setting> {
  const repository = makePipelineRepository();
  const clones = await withRemotes(repository);
  await repository.succeed(["matrix", "plan", ...overrides, "-o", "../sweep.json"]);
  return { ...clones, repository, plan: path.join(repository.root, "sweep.json") };
}

/** Makes the remote refuse pushes until it was asked so many times, in these words. */
function refusePushes(bare: string, times: number, words = "service unavailable"): void {
  const hook = path.join(bare, "hooks", "pre-receive");
  mkdirSync(path.dirname(hook), { recursive: true });
  writeFileSync(
    hook,
    `#!/bin/sh\necho x >> asked\ntest "$(wc -l < asked)" -gt ${times} || { echo "${words}" >&2; exit 1; }\n`,
  );
  chmodSync(hook, 0o755);
}

describe("matrix plan and emit", () => {
  it("plans the same twice, and says what is not part of it", async () => {
    const { repository, plan } = await setUp("train.lr=0.1,0.2", "seed=1,2");
    const text = readFileSync(plan, "utf8");
    repository.write({ "params.yaml": repository.read("params.yaml").replace("42", "43") });
    const again = await repository.run(["matrix", "plan", "train.lr=0.1,0.2", "seed=1,2"]);
    expect(again.stdout).toBe(text);
    expect(again.stderr).toContain("changes that are not committed are not part of the plan");
    const jobs = await repository.run([
      "matrix",
      "emit",
      "--for",
      "lines",
      "--plan",
      plan,
      "--max-jobs",
      "2",
      "-o",
      "-",
    ]);
    expect(jobs.stdout).toBe("0-1\n2-3\n");
    expect(jobs.stderr).toBe("4 points in 2 jobs of 2 points each (--max-jobs).\n");
  });

  it("emits for jobs that plan again only what the committed sweep.txt gives, and lets them compare", async () => {
    const { repository } = await setUp("seed=1");
    const emit = ["matrix", "emit", "--for", "kubernetes"];
    const plan = ["matrix", "plan", "-o", "sweep.json"];
    const refusal = async (call: string[]) => {
      const { exitCode, stderr } = await repository.run(call);
      return [exitCode, /sweep\.txt, which is not committed|another plan than the one/.exec(stderr)?.[0]];
    };
    repository.write({ "sweep.txt": "seed=1,2\n" });
    await repository.succeed([...plan, "@sweep.txt"]);
    expect(await refusal(emit)).toEqual([2, "sweep.txt, which is not committed"]);
    repository.commit("sweep");
    await repository.succeed([...plan, "@sweep.txt", "-n", "grid"]);
    expect(await refusal(emit)).toEqual([2, "another plan than the one"]);
    await repository.succeed([...plan, "@sweep.txt"]);
    const [, hash = ""] = /plan @sweep\.txt --expect (\w+) /.exec(await repository.succeed(emit)) ?? [];
    await repository.succeed([...plan, "@sweep.txt", "--expect", hash]);
    expect(await refusal([...plan, "seed=1,3", "--expect", hash])).toEqual([2, "another plan than the one"]);
  });

  it("a point that can't be composed fails alone: the others of its job run, and collect says why", async () => {
    const { repository } = await setUp("seed=1");
    const config = "defaults: [model: a, data: c]\nseed: 0\n";
    repository.write({
      "conf/config.yaml": config,
      "conf/model/a.yaml": "size: 1\n",
      "conf/model/b.yaml": `size: \${data.rows}\n`,
      "conf/data/c.yaml": "rows: 3\n",
      "conf/data/d.yaml": "files: 4\n",
      "dvc.yaml":
        "stages:\n  t:\n    cmd: cp params.yaml m.yaml\n    params: [model]\n    metrics: [{m.yaml: {cache: false}}]\n",
    });
    await repository.succeed(["config", "hydra.enabled", "true"]);
    repository.commit("composed");
    await repository.succeed(["matrix", "plan", "model=a,b", "data=c,d", "-n", "p", "-o", "../sweep.json"]);
    const job = ["matrix", "run", "--plan", "../sweep.json", "--no-cache", "--point"];
    const run = await repository.run([...job, "0-3"]);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toMatch(/The end of the log of p-4:\n {2}.*'data\.rows'/);
    expect(run.stdout).toContain("Point 0-3: 0 done before; 3 pushed to 'origin'");
    const collected = await repository.run(["matrix", "collect", "--plan", "../sweep.json", "--no-cache"]);
    expect([collected.exitCode, collected.stdout]).toEqual([1, expect.stringMatching(/p-4 .*'data\.rows' not found/)]);
    expect(repository.experimentRefs().map((ref) => path.basename(ref))).toEqual(["p-1", "p-2", "p-3"]);
    // Alone in its job there is nothing that it could keep from running.
    const alone = await repository.run([...job, "3"]);
    expect([alone.exitCode, alone.stderr]).toEqual([2, expect.stringContaining("data.rows")]);
  });

  it("runs no point of a plan file that another sweep has taken", async () => {
    const { repository } = await setUp("seed=1");
    await repository.succeed(["matrix", "plan", "seed=1,2", "-o", "sweep.json"]);
    const script = await repository.succeed(["matrix", "emit", "--for", "slurm"]);
    const [, hash = ""] = /--expect (\w+) /.exec(script) ?? [];
    await repository.succeed(["matrix", "plan", "seed=8,9", "-o", "sweep.json"]);
    const { exitCode, stderr } = await repository.run(["matrix", "run", "--expect", hash, "--point", "0"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("'sweep.json' is another plan than the one")]);
  });

  it("exits 2 for wrong use, an empty sweep and a plan that is none", async () => {
    const { repository } = await setUp("seed=1");
    const calls = [
      ["matrix", "plan", "seed=range(5,1)"],
      ["matrix", "plan"],
      ["matrix", "plan", "seed=1,"],
      ["matrix", "plan", "@."],
      ["matrix", "plan", "nokey=1,2"],
      ["matrix", "plan", `seed=a,$\{nokey}`],
      ["matrix", "plan", "seed=1", "--dry"],
      ["matrix", "plan", "seed=1", "-t", "nostage"],
      ["matrix", "plan", "seed=1", "-C", "nofile"],
      ["matrix", "plan", "seed=1", "-o", "nowhere/sweep.json"],
      ["matrix", "init", "--for", "github", "seed=1", "name2"],
      ["matrix", "init", "--for", "github", "nokey=1,2"],
      ["matrix", "init", "--for", "github", "--package", "./nofile.tgz"],
      ["matrix", "emit", "--for", "nosuch"],
      ["matrix", "emit", "--for", "json", "--plan", "."],
      ["matrix", "emit", "--for", "json", "--plan", "../sweep.json", "-o", "."],
      ["matrix", "emit", "--for", "json", "--plan", "../sweep.json", "--parallel", "2"],
      ["matrix", "emit", "--for", "github", "--plan", "../sweep.json", "--template", "x.yml"],
      ["matrix", "emit", "--for", "gitlab", "--plan", "../sweep.json", "--template", "../x.yml"],
      ["matrix", "collect", "--plan", "../sweep.json", "--md", "nowhere/r.md"],
      ["matrix", "collect", "--plan", "../sweep.json", "--bundles", "params.yaml"],
      ["matrix", "run", "--plan", "../sweep.json", "--point", "0", "--bundle", "params.yaml/r.bundle"],
      ["matrix", "run", "--plan", "../sweep.json", "--point", "0", "--bundle", "/proc/x/r.bundle"],
      ["matrix", "emit", "--for", "json"],
      ["matrix", "emit", "--for", "json", "--plan", "params.yaml"],
      ["matrix", "run", "--plan", "../sweep.json"],
      ["matrix", "run", "--plan", "../sweep.json", "--point", "1"],
      ["matrix", "run", "--plan", "../sweep.json", "--point", "0", "--git-remote", "nosuch"],
      ["matrix", "nosuch"],
    ];
    const check = async (call: string[]) => expect((await repository.run(call)).exitCode, call.join(" ")).toBe(2);
    await Promise.all(calls.map(check));
  });
});

describe("matrix run", () => {
  it("runs a point once, wherever it is asked to", async () => {
    const { plan, clone, remoteRefs } = await setUp("train.lr=0.1,0.2", "seed=1,2");
    const first = clone();
    const run = ["matrix", "run", "--plan", plan, "--point", "1-2"];
    expect(await first.succeed(run)).toContain("Point 1-2: 0 done before; 2 pushed to 'origin', 5 files uploaded.");
    const refs = remoteRefs();
    expect(refs).toHaveLength(2);
    expect(await first.succeed(run)).toBe("Point 1-2: done before, nothing to do.\n");
    const second = clone();
    expect(await second.succeed(run)).toBe("Point 1-2: done before, nothing to do.\n");
    // Twice at once in one clone: one runs the point, the other waits for it or finds it done.
    const both = [0, 1].map(() => second.succeed(["matrix", "run", "--plan", plan, "--point", "0-1"]));
    expect((await Promise.all(both)).join("")).toContain("1 done before; 1 pushed");
    expect(second.experimentRefs()).toHaveLength(3);
    expect(remoteRefs().slice(1)).toEqual(refs);
    const collect = await clone().run(["matrix", "collect", "--plan", plan, "--comment", "note.md"]);
    expect(collect.exitCode).toBe(1);
    expect(collect.stdout).toContain("3 of 4 points done, 0 failed, 1 missing.");
    expect(collect.stdout).toMatch(/1 missing:\n {2}s-[0-9a-f]{8}-0003 \(point 3, job 3\)/);
  });

  it("tries again where the remote refuses for a while", async () => {
    const { bare, plan, clone, remoteRefs } = await setUp("seed=1,2");
    refusePushes(bare, 2);
    const run = await clone().run(["matrix", "run", "--plan", plan, "--point", "0"]);
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain("trying again");
    expect(remoteRefs()).toHaveLength(1);
    refusePushes(bare, 1000, "no such right");
    const denied = await clone().run(["matrix", "run", "--plan", plan, "--point", "1"]);
    expect([denied.exitCode, denied.stderr]).toEqual([2, expect.stringContaining("no such right")]);
    expect(denied.stderr).not.toContain("trying again");
    refusePushes(bare, 1000);
    const stopped = clone().start(["matrix", "run", "--plan", plan, "--point", "1"]);
    await stopped.printed("trying again");
    expect((await stopped.kill("SIGTERM")).exitCode).toBe(75);
  });

  it("refuses tracked files that are not as the plan's commit has them", async () => {
    const { plan, clone } = await setUp("seed=1");
    const copy = clone();
    copy.write({ "src/train.sh": `${copy.read("src/train.sh")}true\n`, "untracked.txt": "\n" });
    const job = await copy.run(["matrix", "run", "--plan", plan, "--point", "0"]);
    expect([job.exitCode, job.stderr]).toEqual([2, expect.stringContaining("'src/train.sh'")]);
  });

  it("gives up at once where the remote does not let it in, and prints no token", async () => {
    const { repository, plan, clone } = await setUp("seed=1");
    const copy = clone();
    const ssh = path.join(repository.root, "ssh");
    writeFileSync(ssh, "#!/bin/sh\necho 'git@host: Permission denied (publickey).' >&2\nexit 255\n", { mode: 0o755 });
    const remote = ["--git-remote", "ssh://me:secret@host.invalid/project"];
    const job = await copy.run(["matrix", "run", "--plan", plan, "--point", "0", ...remote], {
      env: { GIT_SSH_COMMAND: ssh },
    });
    expect([job.exitCode, job.stderr]).toEqual([2, expect.stringContaining("Permission denied")]);
    expect(job.stderr).not.toMatch(/secret|; trying again/);
  });

  it("keeps the first of two different results of a point, and says so; equal ones are not worth a word", async () => {
    const { repository, bare, clone } = await setUp("seed=1");
    // Each waits for the other: both find the points open, and both have results. Those of seed 2 are the same.
    const cmd = [
      'meet="$MEET/$(grep ^seed params.yaml | tr -dc 0-9)"; mkdir -p "$meet"; touch "$meet/$$"',
      'while test "$(ls "$meet" | wc -l)" -lt 2; do sleep 0.05; done',
      'grep -q "seed: 2" params.yaml && echo "pid: 0" > out.yaml || echo "pid: $$" > out.yaml',
    ].join("; ");
    const stage = { cmd, params: ["seed"], metrics: [{ "out.yaml": { cache: false } }], always_changed: true };
    repository.write({ "dvc.yaml": JSON.stringify({ stages: { train: stage } }) });
    repository.commit("pid");
    repository.git("push", "--quiet", "origin", "main");
    await repository.succeed(["matrix", "plan", "seed=1,2", "-o", "../sweep.json"]);
    const meet = path.join(repository.root, "meet");
    mkdirSync(meet);
    const args = ["matrix", "run", "--plan", path.join(repository.root, "sweep.json"), "--point", "0-1"];
    const ends = await Promise.all([clone(), clone()].map((copy) => copy.run(args, { env: { MEET: meet } })));
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const warned = ends.flatMap(({ stderr }) => /another job brought another result first.*/.exec(stderr)?.[0] ?? []);
    expect(warned).toEqual([expect.stringMatching(/: s-[0-9a-f]{8}-0000$/)]);
    const refs = execFileSync("git", ["for-each-ref", "refs/exps"], { cwd: bare, encoding: "utf8" });
    expect(refs.trim().split("\n")).toHaveLength(2);
    const collected = await repository.run(["matrix", "collect", "--plan", "../sweep.json"]);
    expect([collected.exitCode, collected.stdout]).toEqual([0, expect.stringContaining("2 of 2 points done")]);
  });

  it("counts a point as done only with its data in the storage", async () => {
    const { repository, plan, clone } = await setUp("train.lr=0.1,0.2");
    const run = ["matrix", "run", "--plan", plan, "--point"];
    const store = path.join(repository.root, "store");
    renameSync(store, `${store}.off`);
    const unmounted = await clone().run([...run, "0"]);
    expect([unmounted.exitCode, unmounted.stderr]).toEqual([75, expect.stringContaining("is not there")]);
    const bare = await clone().succeed([...run, "0", "--no-cache"]);
    expect(bare).toContain("1 pushed to 'origin', 0 files uploaded.");
    expect(existsSync(store)).toBe(false);
    const seen = await clone().run(["matrix", "collect", "--plan", plan, "--no-cache"]);
    expect([seen.exitCode, seen.stdout]).toEqual([
      1,
      expect.stringContaining("1 of 2 points done, 0 failed, 1 missing"),
    ]);
    mkdirSync(store);
    const job = clone();
    await job.succeed([...run, "0-1"]);
    const other = `${store}.moved`;
    renameSync(store, other);
    const collect = await clone().run(["matrix", "collect", "--plan", plan]);
    expect(collect.stderr).toContain("the folder of storage remote 'store' is not there");
    const copy = clone();
    await copy.succeed(["remote", "add", "--local", "other", other]);
    await copy.succeed(["matrix", "collect", "--plan", plan, "-r", "other"]);
    mkdirSync(store);
    expect([collect.exitCode, collect.stdout]).toEqual([75, expect.stringContaining("0 of 2 points done, 2 failed")]);
    expect(collect.stdout).toContain("its data is not, or not whole, in the storage remote");
    // A job that has the data still brings it again; another one runs again.
    expect(await job.succeed([...run, "0"])).toMatch(/Point 0: 1 done before; 0 pushed to 'origin', \d files uploaded/);
    const again = await clone().run([...run, "0-1"]);
    expect(again.stderr).toMatch(/the data of s-[0-9a-f]{8}-0001 is in no storage, or damaged: run again/);
    expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining("Point 0-1: 1 done before; 1 pushed")]);
    expect((await clone().run(["matrix", "collect", "--plan", plan])).exitCode).toBe(0);
    // A damaged file of one point, and a lost one of a folder that both have: also where a cache has them.
    const objects = path.join(store, "files", "md5");
    for (const object of readdirSync(objects, { recursive: true }).map((name) => path.join(objects, String(name)))) {
      const text = statSync(object).isFile() ? readFileSync(object, "utf8") : "";
      if (text === "d,4\n") rmSync(object);
      if (text.startsWith("lr: 0.2")) chmodSync(object, 0o644);
      if (text.startsWith("lr: 0.2")) writeFileSync(object, "");
    }
    const lost = await job.run(["matrix", "collect", "--plan", plan]);
    expect([lost.exitCode, lost.stdout]).toEqual([1, expect.stringContaining("0 of 2 points done, 2 failed")]);
    expect((await clone().run([...run, "0-1"])).exitCode).toBe(0);
    expect((await clone().run(["matrix", "collect", "--plan", plan])).exitCode).toBe(0);
  });

  it("remembers a failure for others, and forgets it once the point succeeds", async () => {
    const { repository, plan, clone, remoteRefs } = await setUp("seed=1");
    const flag = path.join(repository.root, "broken");
    writeFileSync(flag, "");
    repository.write({ "src/train.sh": `test ! -e ${flag} || exit 9\n${repository.read("src/train.sh")}` });
    repository.commit("fragile");
    repository.git("push", "--quiet", "origin", "main");
    await repository.succeed(["matrix", "plan", "seed=1", "-o", plan]);
    const failed = await clone().run(["matrix", "run", "--plan", plan, "--point", "0"]);
    expect(failed.exitCode).toBe(1);
    expect(remoteRefs()[0]).toMatch(/refs\/sweeps\/s-[0-9a-f]{12}\/failed\/0$/);
    const collect = await clone().run(["matrix", "collect", "--plan", plan, "--md", "report.md"]);
    expect(collect.exitCode).toBe(1);
    expect(collect.stdout).toContain("sh src/train.sh, exited with 9");
    expect(collect.stdout).toContain("0 of 1 points done, 1 failed, 0 missing.");
    execFileSync("rm", [flag]);
    await clone().succeed(["matrix", "run", "--plan", plan, "--point", "0"]);
    expect(remoteRefs().join()).not.toContain("failed");
    expect((await clone().run(["matrix", "collect", "--plan", plan])).exitCode).toBe(0);
  });

  it("refuses a plan of another commit, and a name that another experiment has", async () => {
    const { repository, plan, clone } = await setUp("seed=1", "-n", "grid");
    await repository.succeed(["exp", "run", "--temp", "-n", "grid-1", "-S", "seed=5"]);
    await repository.succeed(["exp", "push", "--no-cache", "origin", "grid-1"]);
    const taken = await clone().run(["matrix", "run", "--plan", plan, "--point", "0"]);
    expect([taken.exitCode, taken.stderr]).toEqual([2, expect.stringContaining("has the name 'grid-1'")]);
    const collect = await clone().run(["matrix", "collect", "--plan", plan]);
    expect([collect.exitCode, collect.stdout]).toEqual([1, expect.stringContaining("0 of 1 points done")]);
    await repository.succeed(["matrix", "plan", "seed=1", "-n", "other", "-o", plan]);
    const copy = clone();
    await copy.succeed(["exp", "run", "--queue", "-n", "other-1", "-S", "seed=5"]);
    const queued = await copy.run(["matrix", "run", "--plan", plan, "--point", "0"]);
    expect([queued.exitCode, queued.stderr]).toEqual([2, expect.stringContaining("has the name 'other-1'")]);
    repository.write({ "notes.txt": "\n" });
    repository.commit("next");
    const stale = await repository.run(["matrix", "run", "--plan", plan, "--point", "0"]);
    expect(stale.exitCode).toBe(2);
    expect(stale.stderr).toContain("the plan is of commit");
  });

  it("writes a bundle where it may not push; collect takes only what the plan names", async () => {
    const { repository, bare, plan, clone, remoteRefs } = await setUp("seed=1,2");
    refusePushes(bare, 1000);
    const job = clone();
    const bundle = path.join(repository.root, "bundles", "0.bundle");
    await job.succeed(["matrix", "run", "--plan", plan, "--point", "0", "--bundle", bundle]);
    expect(remoteRefs()).toEqual([""]);
    // A stranger's bundle: another experiment under the name of a planned point, and a branch.
    const [ref = ""] = job.experimentRefs();
    const other = ref.replace("-0000", "-0001");
    job.git("update-ref", other, ref);
    job.git("bundle", "create", "--quiet", path.join(repository.root, "bundles", "1.bundle"), other, "HEAD", "^HEAD~0");
    writeFileSync(path.join(repository.root, "bundles", "2.bundle"), `gitdir: ${job.folder}/.git\n`);
    // Links are not followed: these two would never end.
    for (const name of ["a", "b"]) symlinkSync(".", path.join(repository.root, "bundles", name));
    const copy = clone();
    const collect = await copy.run(["matrix", "collect", "--plan", plan, "--bundles", path.dirname(bundle)]);
    expect(collect.exitCode).toBe(1);
    expect(collect.stdout).toContain("1 of 2 points done, 0 failed, 1 missing.");
    expect(collect.stderr).toContain("1.bundle: 1 refs are not what the plan says");
    expect(collect.stderr).toContain("2.bundle can't be read: it is no Git bundle");
    expect(copy.experimentRefs()).toEqual([ref]);
  });
});

describe("matrix init", () => {
  it("writes the pipeline and the sweep, and replaces neither", async () => {
    const { repository } = await setUp("seed=1");
    const out = await repository.succeed(["matrix", "init", "--for", "github", "train.lr=0.1,0.2", "seed=range(3)"]);
    expect(out).toContain("Wrote .github/workflows/sweep.yml\nWrote sweep.txt\n");
    expect(await repository.succeed(["matrix", "plan", "@sweep.txt", "-o", "plan.json"])).toContain("6 points.");
    expect(existsSync(path.join(repository.folder, ".gitlab-ci.yml"))).toBe(false);
    await repository.succeed(["matrix", "init", "--for", "github"]);
    repository.write({ ".github/workflows/sweep.yml": "mine\n" });
    const refused = await repository.run(["matrix", "init", "--for", "github"]);
    expect(refused.exitCode).toBe(2);
    expect(repository.read(".github/workflows/sweep.yml")).toBe("mine\n");
    await repository.succeed(["matrix", "init", "--for", "github", "--force"]);
    expect(repository.read(".github/workflows/sweep.yml")).toContain("sweepline matrix run");
  });
});
