/** The options of the matrix commands that need no run: where a plan and its jobs go, and which options have no effect. */
import { beforeAll, expect, test } from "vitest";
import { makePipelineRepository, type Repository } from "../../rig/index.ts";

let repository: Repository;
beforeAll(async () => {
  repository = makePipelineRepository();
  await repository.succeed(["matrix", "plan", "seed=1,2", "-o", "sweep.json"]);
});

test("a plan is of points from the standard input, leaves out what repeats, and keeps its message", async () => {
  const options = ["--points", "-", "-m", "why", "--no-hydra"];
  const { stdout, stderr } = await repository.run(["matrix", "plan", ...options], { stdin: "seed\n1\n2\n1\n" });
  expect(JSON.parse(stdout)).toMatchObject({ run: { message: "why", composition: "off" }, points: [{}, {}] });
  expect(stderr).toMatch(/^Sweep s-\w+: 2 points\. 1 repeated one(s)? left out\.\n$/);
});

test("GitHub's jobs go to the file that it names for outputs, others to where is said", async () => {
  repository.write({ "output.txt": "before=1\n" });
  const emit = ["matrix", "emit", "--plan", "sweep.json", "--for"];
  expect(await repository.succeed([...emit, "github"], { env: { GITHUB_OUTPUT: "output.txt" } })).toBe("");
  expect(repository.read("output.txt")).toMatch(/^before=1\n.*"point":"0"/s);
  expect(await repository.succeed([...emit, "github"], { env: { GITHUB_OUTPUT: "" } })).toContain('"point":"0"');
  await repository.succeed([...emit, "lines", "-o", "jobs.txt"], { env: { GITHUB_OUTPUT: "output.txt" } });
  expect(repository.read("jobs.txt")).toBe("0\n1\n");
});

test.each<[options: readonly string[], problem: string]>([
  [["--for", "github", "--package", "x"], "--package is for kubernetes, and for gitlab without --template"],
  [["--for", "gitlab", "--package", "x", "--template", "t.yml"], "--package is for kubernetes"],
  [["--for", "lines", "--parallel", "2"], "--parallel has no effect for lines"],
  [["--for", "lines", "--template", "t.yml"], "--template has no effect for lines"],
  [["--for", "gitlab", "--template", ""], "--template names a file of the repository, not ''"],
  [["--for", "gitlab", "--template", "a/../../t.yml"], "--template names a file of the repository"],
  [["--for", "lines", "--max-jobs", "0"], "not a number of jobs (1 or more)"],
])("emit %j is refused", async (options, problem) => {
  const { exitCode, stderr } = await repository.run(["matrix", "emit", "--plan", "sweep.json", ...options]);
  expect([exitCode === 0, stderr]).toEqual([false, expect.stringContaining(problem)]);
});

test("emit for GitLab with a template of the repository, and for Slurm so many at a time", async () => {
  const emit = ["matrix", "emit", "--plan", "sweep.json", "--for"];
  expect(await repository.succeed([...emit, "gitlab", "--template", "ci/t.yml"])).toContain('local: "ci/t.yml"');
  expect(await repository.succeed([...emit, "slurm", "--parallel", "3"])).toContain("--array=0-1%3");
});
