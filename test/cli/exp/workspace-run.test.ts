/** `exp run` in the workspace and in copies: what others see of it, what is brought before it, which settings its stages see. */
import { rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { makeGate, makeGatedRepository, makeRepository } from "../../rig/index.ts";

test("exp show lists what runs in the workspace as running, until it ends or is killed", async () => {
  const gate = await makeGate("hold");
  const repository = makeGatedRepository(gate.command);
  const running = repository.start(["exp", "run", "-n", "live", "-S", "x=7"]);
  const call = await gate.nextCall();
  const rows = (await repository.succeed(["exp", "show", "--csv"])).split("\n");
  expect(rows.filter((row) => row.startsWith("live"))).toEqual([
    expect.stringMatching(/^live,workspace,branch_base,,,Running,Workspace,7/),
  ]);
  const [, head] = JSON.parse(
    await repository.succeed(["exp", "show", "--json", "--hide-workspace"]).then((text) => `[0,${text.slice(1)}`),
  );
  expect(head.experiments[0]).toMatchObject({
    name: "live",
    revs: [{ rev: "workspace", name: "live", data: { rev: "workspace", timestamp: null } }],
    executor: { state: "running", name: "workspace", local: { root: repository.folder, pid: expect.any(Number) } },
  });
  expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
  expect(await repository.succeed(["exp", "show", "--csv"])).not.toContain("Running");
  await call.waitForEnd();
});

test("what is in the cache and not in the workspace is brought first; what lies there is left alone", async () => {
  const repository = makeRepository({ files: { "params.yaml": "a: 1\n" } });
  repository.write({
    foo: "data\n",
    "dvc.yaml":
      "stages:\n  s:\n    cmd: cp foo out && echo ran >> runs\n    params: [a]\n    deps: [foo]\n    outs: [out]\n",
  });
  await repository.succeed(["add", "-q", "foo"]);
  await repository.succeed(["exp", "run", "-n", "one"]);
  repository.commit("ran");
  for (const name of ["foo", "out"]) rmSync(path.join(repository.folder, name));
  await repository.succeed(["exp", "run", "-n", "two"]);
  expect([repository.read("out"), repository.read("runs")]).toEqual(["data\n", "ran\n"]);
  repository.write({ foo: "mine\n" });
  await repository.succeed(["exp", "run", "-n", "three"]);
  expect([repository.read("foo"), repository.read("out")]).toEqual(["mine\n", "mine\n"]);
});

test("stages in a copy see all of .dvc/config.local, its paths made absolute", async () => {
  const repository = makeRepository({
    files: {
      "params.yaml": "a: 1\n",
      "dvc.yaml":
        "stages:\n  s:\n    cmd: cat .dvc/config.local > seen\n    params: [a]\n    outs: [seen: {cache: false}]\n",
    },
  });
  await repository.succeed(["remote", "add", "--local", "-d", "st.ore", "../store"]);
  await repository.succeed(["config", "--local", "cache.type", "hardlink,copy"]);
  await repository.succeed(["config", "--local", "core.checksum_jobs", "3"]);
  await repository.succeed(["exp", "run", "--temp", "-n", "t"]);
  const [ref = ""] = repository.experimentRefs();
  const cache = path.join(repository.folder, ".dvc/cache");
  expect(repository.git("show", `${ref}:seen`)).toBe(
    `[core]\n    remote = st.ore\n    checksum_jobs = 3\n[cache]\n    type = "hardlink,copy"\n    dir = ${cache}\n['remote "st.ore"']\n    url = ${path.join(repository.root, "store")}`,
  );
});

test("a pattern in params: tracks the one key that it matches, and is refused where there are several", async () => {
  const stage = (key: string) => `stages:\n  a:\n    cmd: cp params.yaml o\n    params: ["${key}"]\n    outs: [o]\n`;
  const repository = makeRepository({
    files: { "params.yaml": "data:\n  moons_v2: {n: 1}\n  circles: {n: 3}\n", "dvc.yaml": stage("data.moons*") },
  });
  await repository.succeed(["repro"]);
  expect(repository.read("dvc.lock")).toContain("        data.moons*:\n          n: 1\n");
  repository.write({ "params.yaml": "data:\n  moons_v2: {n: 2}\n  circles: {n: 4}\n" });
  expect(await repository.succeed(["status"])).toContain("modified:           data.moons*\n");
  expect(await repository.succeed(["params", "diff", "--deps"])).not.toContain("circles");
  repository.write({ "dvc.yaml": stage("data.*.n") });
  const { exitCode, stderr } = await repository.run(["repro"]);
  expect(exitCode).toBe(255);
  expect(stderr).toContain("the parameter 'data.*.n' stands for several: data.moons_v2.n, data.circles.n");
  repository.write({ "dvc.yaml": stage("data.x*") });
  const missing = await repository.run(["repro"]);
  expect(missing.exitCode).toBe(255);
  expect(missing.stderr).toContain("Parameters 'data.x*' are missing from 'params.yaml'.");
});
