/** One cache, one run-cache, one remote: what one tool stores, the other takes. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { manyPipelines } from "./many-pipelines.ts";
import { copyRepository, describeWithDvc, dvc } from "./peers.ts";

/** Path to the rights and the hash of the content, of all files below a folder. */
function contents(repository: Repository, folder: string): Readonly<Record<string, string>> {
  const top = path.join(repository.folder, folder);
  const files = readdirSync(top, { recursive: true, encoding: "utf8" }).sort();
  const facts = files.flatMap((name) => {
    const file = path.join(top, name);
    const stats = statSync(file);
    if (stats.isDirectory()) return [];
    const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
    return [[name, `${(stats.mode & 0o777).toString(8)} ${hash}`] as const];
  });
  return Object.fromEntries(facts);
}

const results = [
  "prepared",
  "model.txt",
  "metrics.json",
  "plot.csv",
  "report",
  "each-2.txt",
  "each-3.txt",
  "work/out.txt",
];

/** As if the stages had never run here: no results and no lock file, but the cache. */
function forgetResults(
  repository: Repository,
  what: readonly string[] = [...results, "dvc.lock", "one/dvc.lock"],
): void {
  for (const name of what) rmSync(path.join(repository.folder, name), { recursive: true, force: true });
}

const restored = /is cached - skipping run, checking out outputs/g;
const ran = /Running stage/g;

describeWithDvc("the cache", () => {
  let ours: Repository;
  let theirs: Repository;

  beforeAll(async () => {
    ours = makeRepository({ files: manyPipelines });
    theirs = copyRepository(ours);
    await ours.succeed(["repro", "--all-pipelines"]);
    await dvc(theirs, "repro", "--all-pipelines");
  });

  test("holds the same files and runs, whoever fills it", () => {
    expect(contents(ours, ".dvc/cache/files")).toEqual(contents(theirs, ".dvc/cache/files"));
    expect(contents(ours, ".dvc/cache/runs")).toEqual(contents(theirs, ".dvc/cache/runs"));
    expect(ours.read("dvc.lock")).toBe(theirs.read("dvc.lock"));
    expect(ours.git("status", "--porcelain")).toBe(theirs.git("status", "--porcelain"));
  });

  test("that sweepline filled: DVC restores runs from it", async () => {
    const lock = ours.read("dvc.lock");
    forgetResults(ours);
    const said = await dvc(ours, "repro", "--all-pipelines");
    // The folder that is in no cache has to be made again.
    expect([said.match(restored)?.length, said.match(ran)?.length]).toEqual([6, 1]);
    expect(ours.read("dvc.lock")).toBe(lock);
  });

  test("that DVC filled: sweepline restores runs from it", async () => {
    const lock = theirs.read("dvc.lock");
    forgetResults(theirs);
    const said = await theirs.succeed(["repro", "--all-pipelines"]);
    expect([said.match(restored)?.length, said.match(ran)?.length]).toEqual([6, 1]);
    expect(theirs.read("dvc.lock")).toBe(lock);
  });

  test("that sweepline filled: DVC checks out, verifies and pushes it", async () => {
    ours.commit("results");
    const cached = ["prepared", "model.txt", "each-2.txt", "each-3.txt", "work/out.txt"];
    forgetResults(ours, cached);
    await dvc(ours, "checkout");
    expect(JSON.parse(await dvc(ours, "status", "--json"))).toEqual({});
    expect(await ours.succeed(["status"])).toBe("Data and pipelines are up to date.\n");

    await dvc(ours, "remote", "add", "--default", "store", path.join(ours.root, "store"));
    ours.commit("remote");
    await dvc(ours, "push", "--run-cache");
    const copy = copyRepository(ours);
    forgetResults(copy, [...cached, ".dvc/cache"]);
    await dvc(copy, "pull", "--run-cache");
    expect(contents(copy, ".dvc/cache/runs")).toEqual(contents(ours, ".dvc/cache/runs"));
    expect(await copy.succeed(["status"])).toBe("Data and pipelines are up to date.\n");
    expect(copy.read("prepared/deep/head.csv")).toBe(ours.read("prepared/deep/head.csv"));
  });

  test("that DVC filled: sweepline checks it out", async () => {
    forgetResults(theirs, ["prepared", "model.txt", "work/out.txt"]);
    await theirs.succeed(["checkout"]);
    expect(JSON.parse(await dvc(theirs, "status", "--json"))).toEqual({});
  });
});
