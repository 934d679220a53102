/** exp bundle and exp unbundle: experiments and their data in one file, which may be a stranger's. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { Repository } from "../../rig/index.ts";
import { experimentNames, makeExperimentRepository } from "../exp-project.ts";

let made: Repository;
let file: string;

/** A clone of what the experiments start from, without them. */
function clone(name: string): Repository {
  const root = path.join(made.root, name);
  mkdirSync(root);
  const copy = new Repository(root);
  execFileSync("git", ["clone", "--quiet", made.folder, copy.folder], { env: copy.env, stdio: "pipe" });
  return copy;
}

beforeAll(async () => {
  made = makeExperimentRepository();
  await made.succeed(["exp", "run", "--queue", "-n", "s", "-S", "x=5,6"]);
  await made.succeed(["exp", "run", "--run-all"]);
  await made.succeed(["exp", "note", "s-1", "the better one"]);
  file = path.join(made.root, "results.tar");
  expect(await made.succeed(["exp", "bundle", "../results.tar"])).toBe(
    "Bundled 2 experiments with 2 files of data in '../results.tar'.\n",
  );
});

describe("exp bundle", () => {
  it("takes experiments, data and notes to another clone, once", async () => {
    const copy = clone("taken");
    expect(await copy.succeed(["exp", "unbundle", file])).toBe(
      `Took experiment s-1 and s-2 from '${file}'.\nTook the notes of experiment s-1 from '${file}'.\n2 files stored\n`,
    );
    expect(copy.experimentRefs()).toEqual(made.experimentRefs());
    expect(await copy.succeed(["exp", "note", "s-1"])).toContain("the better one");
    await copy.succeed(["exp", "apply", "s-2"]);
    expect(copy.read("out.txt")).toContain("x: 6");
    expect(await copy.succeed(["exp", "unbundle", file])).toBe(`All that '${file}' has is here.\n`);
    expect(readdirSync(path.join(copy.folder, ".dvc/tmp/exps/sweepline/scratch"))).toEqual([]);
  });

  it("is a tar of plain files that others read, and stands for a repository that has nothing", async () => {
    const names = execFileSync("tar", ["-tf", file], { encoding: "utf8" }).trim().split("\n");
    expect(names[0]).toBe("experiments.bundle");
    expect(names.slice(1)).toEqual([expect.stringMatching(/^files\/md5\//), expect.stringMatching(/^files\/md5\//)]);
    const root = path.join(made.root, "empty");
    mkdirSync(root);
    const empty = new Repository(root);
    empty.git("init", "--quiet");
    await empty.succeed(["init"]);
    empty.git("commit", "--quiet", "--allow-empty", "-m", "begin");
    const said = await empty.succeed(["exp", "unbundle", file, "s-1", "--json"]);
    expect(JSON.parse(said)).toEqual({ pulled: ["s-1"], upToDate: [], diverged: [], files: 1, notesPulled: ["s-1"] });
  });

  it("leaves the history out where it is asked to, and says what is missing", async () => {
    expect(await made.succeed(["exp", "bundle", "../one.tar", "s-1"])).toBe(
      "Bundled 1 experiment with 1 file of data in '../one.tar'.\n",
    );
    await made.succeed(["exp", "bundle", "../small.tar", "s-1", "--no-history", "--no-cache"]);
    const small = path.join(made.root, "small.tar");
    const copy = clone("small");
    expect(await copy.succeed(["exp", "unbundle", small, "--no-cache"])).toContain("Took experiment s-1");
    // /proc takes no files, whoever asks.
    const nowhere = await made.run(["exp", "bundle", "/proc/none.tar", "s-1"]);
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([
      255,
      "ERROR: '/proc/none.tar' can't be used: its folder does not exist\n",
    ]);
    expect((await made.run(["exp", "bundle", "../none.tar", "--rev", "HEAD", "nosuch"])).exitCode).toBe(255);
  });

  it("refuses what is none, at whatever byte it is cut or changed, and takes nothing of it", async () => {
    const whole = readFileSync(file);
    const copy = clone("refused");
    const at = path.join(made.root, "bad.tar");
    const renamed = Buffer.from(whole);
    // The name of the first object, with a sum that fits.
    const start = 512 + Math.ceil(Number.parseInt(whole.toString("latin1", 124, 135), 8) / 512) * 512;
    renamed.fill(0, start, start + 100);
    renamed.write("../../outside", start);
    const header = renamed.subarray(start, start + 512);
    const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
    header.write(sum.toString(8).padStart(6, "0"), 148);
    const cases = {
      "a text": Buffer.from("no tar".repeat(200)),
      empty: Buffer.alloc(0),
      "cut in the header": whole.subarray(0, 300),
      "cut in the bundle": whole.subarray(0, 700),
      "cut at the end": whole.subarray(0, whole.length - 1024),
      "another name": renamed,
    };
    const packed = { compressed: gzipSync(whole) };
    for (const [name, bytes] of Object.entries({ ...cases, ...packed })) {
      writeFileSync(at, bytes);
      const run = await copy.run(["exp", "unbundle", at, "-v"]);
      expect([name, run.exitCode, run.stderr]).toEqual([name, 255, expect.stringContaining("BUNDLE_INVALID")]);
    }
    const zipped = await copy.run(["exp", "unbundle", at]);
    expect([zipped.exitCode, zipped.stderr]).toEqual([
      255,
      expect.stringContaining("it is compressed (unpack it first)"),
    ]);
    // What can't be looked through before it is used is not waited for.
    execFileSync("mkfifo", [path.join(made.root, "pipe.tar")]);
    const pipe = await copy.run(["exp", "unbundle", path.join(made.root, "pipe.tar"), "-v"]);
    expect([pipe.exitCode, pipe.stderr]).toEqual([66, expect.stringContaining("NOT_A_FILE")]);
    const nothing = await copy.run(["exp", "unbundle", "nosuch.tar"]);
    expect([nothing.exitCode, nothing.stderr]).toEqual([255, "ERROR: 'nosuch.tar' does not exist\n"]);
    expect(experimentNames(copy)).toEqual([]);
    // An object with other bytes than its name says: the experiment comes, the object does not.
    const flipped = Buffer.from(whole);
    flipped.writeUInt8((whole[start + 512] ?? 0) ^ 1, start + 512);
    writeFileSync(at, flipped);
    const run = await copy.run(["exp", "unbundle", at, "-v"]);
    expect([run.exitCode, run.stderr]).toEqual([255, expect.stringContaining("TRANSFER_FAILED")]);
    expect(await copy.succeed(["exp", "unbundle", file])).toContain("1 file stored");
  });
});
