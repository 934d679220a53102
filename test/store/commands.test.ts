/** init, add, checkout, config and remote through the real binary: what is printed and what is left behind. */
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { makeRepository } from "../rig/index.ts";

const hint = (names: string) =>
  `\nTo track the changes with git, run:\n\n\tgit add ${names}\n\nTo enable auto staging, run:\n\n\tsweepline config core.autostage true\n`;

it("checkout counts folders that go with their files, as DVC does", async () => {
  const repository = makeRepository({ files: {} });
  repository.write({ "d/a": "1\n", "d/s/b": "2\n" });
  await repository.succeed(["add", "-q", "d"]);
  repository.write({ "d/new/deep/x": "x\n", "d/s/y": "y\n" });
  expect(await repository.succeed(["checkout", "-f", "--summary"])).toBe("4 files deleted\n");
  repository.write({ "d/s/new/x": "x\n" });
  expect(await repository.succeed(["checkout", "-f", "--summary", "d/s"])).toBe("2 files deleted\n");
});

describe("init", () => {
  it("makes a project and stages its files; a second time it refuses", async () => {
    const repository = makeRepository({ dvc: false });
    const told = await repository.succeed(["init"]);
    expect(told).toMatch(/^Initialized DVC repository\.\n\nYou can now commit the changes to git\.\n\nWhat's next\?\n/);
    for (const command of ["sweepline stage add", "sweepline exp run", "sweepline sweep"])
      expect(told).toContain(`  ${command} `);
    expect(repository.git("status", "--porcelain")).toBe("A  .dvc/.gitignore\nA  .dvc/config\nA  .dvcignore");
    const again = await repository.run(["init", "-q"]);
    expect(again).toMatchObject({ exitCode: 255, stdout: "" });
    expect(again.stderr).toContain("'.dvc' exists. Use `-f` to force.");
  });
});

describe("add", () => {
  it("tracks files and folders, and says what to give to Git", async () => {
    const repository = makeRepository();
    repository.write({ f: "1", "d/a": "2", "sub/we ird": "3" });
    expect(await repository.succeed(["add", "f", "d"])).toBe(hint(".gitignore f.dvc d.dvc"));
    expect(await repository.succeed(["add", "we ird"], { cwd: "sub" })).toBe(hint(".gitignore 'we ird.dvc'"));
    expect(await repository.succeed(["add", "-q", "d/a"])).toBe("");
  });

  it("takes targets with wildcards, and makes files of links to elsewhere", async () => {
    const repository = makeRepository();
    const outside = path.join(repository.root, "outside");
    writeFileSync(outside, "far");
    repository.write({ "d/a": "1", a1: "1", b1: "2" });
    symlinkSync(outside, path.join(repository.folder, "d/link"));
    symlinkSync(outside, path.join(repository.folder, "a2"));
    expect(await repository.succeed(["add", "--glob", "a*", "d"])).toBe(hint(".gitignore a1.dvc a2.dvc d.dvc"));
    for (const name of ["a2", "d/link"]) {
      expect(lstatSync(path.join(repository.folder, name)).isFile()).toBe(true);
      expect(repository.read(name)).toBe("far");
    }
    expect(readFileSync(outside, "utf8")).toBe("far");
    await repository.succeed(["remote", "add", "-d", "r", "../remote"]);
    expect(await repository.succeed(["push", "--glob", "a*.dvc", "d.d*"])).toBe("3 files pushed\n");
    const refused = await repository.run(["pull", "--glob", "c*"]);
    expect([refused.exitCode, refused.stderr]).toEqual([255, expect.stringContaining("Glob ['c*'] has no matches.")]);
  });

  it("stages them where core.autostage is set", async () => {
    const repository = makeRepository({ files: { ".dvc/config": "[core]\n    autostage = true\n" } });
    repository.write({ f: "1" });
    expect(await repository.succeed(["add", "f"])).toBe("");
    expect(repository.git("status", "--porcelain")).toBe("A  .gitignore\nA  f.dvc");
  });

  it("refuses what Git tracks, what is not there, and .dvc files", async () => {
    const repository = makeRepository({ files: { tracked: "1" } });
    repository.write({ "x.dvc": "outs: []\n" });
    for (const [target, message] of [
      ["tracked", "is already tracked by SCM"],
      ["nosuch", "output 'nosuch' does not exist"],
      ["x.dvc", "DVC file 'x.dvc' cannot be an output."],
      ["..", "outside of DVC project"],
      [".dvc", "the project's own files"],
    ] as const) {
      const { exitCode, stderr } = await repository.run(["add", target]);
      expect([target, exitCode, stderr]).toEqual([target, 255, expect.stringContaining(message)]);
    }
    expect(repository.git("status", "--porcelain")).toBe("?? x.dvc");
  });
});

describe("checkout", () => {
  async function tracked() {
    const repository = makeRepository();
    repository.write({ f: "1", "d/a": "2" });
    await repository.succeed(["add", "-q", "f", "d"]);
    return { repository, at: (name: string) => path.join(repository.folder, name) };
  }

  it("brings back what is gone", async () => {
    const { repository, at } = await tracked();
    rmSync(at("f"));
    rmSync(at("d"), { recursive: true });
    expect(await repository.succeed(["checkout"])).toBe("A       d/\nA       f\n");
    expect(await repository.succeed(["checkout", "--summary"])).toBe("No changes.\n");
  });

  it("does not lose what the cache does not hold, unless it is forced", async () => {
    const { repository, at } = await tracked();
    writeFileSync(at("f"), "mine");
    mkdirSync(at("d/sub"));
    writeFileSync(at("d/sub/mine"), "mine");
    const refused = await repository.run(["checkout"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain(`${at("d/sub/mine")}\n${at("f")}`);
    expect(await repository.succeed(["checkout", "--force", "--json"])).toBe(
      '{"modified":["d/","f"],"added":[],"deleted":[],"failed":[],"files":{"added":0,"modified":1,"deleted":2}}\n',
    );
    expect(existsSync(at("d/sub"))).toBe(false);
  });

  it("checks out what it can and names what the cache lacks", async () => {
    const { repository, at } = await tracked();
    rmSync(at("f"));
    rmSync(at("d/a"));
    rmSync(at(".dvc/cache/files/md5/c4"), { recursive: true });
    const { exitCode, stdout, stderr } = await repository.run(["checkout"]);
    expect([exitCode, stdout]).toEqual([255, "M       d/\n"]);
    expect(stderr).toContain("Checkout failed for following targets:\nf\n");
    expect(await repository.succeed(["checkout", "--allow-missing"])).toBe("");
  });

  it("takes a target, also one inside a folder", async () => {
    const { repository, at } = await tracked();
    rmSync(at("f"));
    rmSync(at("d"), { recursive: true });
    expect(await repository.succeed(["checkout", "d/a"])).toBe("A       d/\n");
    expect(await repository.succeed(["checkout", "f.dvc"])).toBe("A       f\n");
    expect(await repository.run(["checkout", "nosuch"])).toMatchObject({ exitCode: 255 });
  });
});

describe("config and remote", () => {
  it("change the files that DVC reads", async () => {
    const repository = makeRepository();
    await repository.succeed(["remote", "add", "-d", "st", "../store"], { cwd: ".dvc" });
    await repository.succeed(["config", "--local", "core.checksum_jobs", "4"]);
    expect(repository.read(".dvc/config")).toBe("[core]\n    remote = st\n['remote \"st\"']\n    url = ../store\n");
    expect(repository.read(".dvc/config.local")).toBe("[core]\n    checksum_jobs = 4\n");
    expect(await repository.succeed(["remote", "list"])).toBe(
      `st\t${path.join(repository.folder, "store")}\t(default)\n`,
    );
    expect(await repository.succeed(["config", "core.remote"])).toBe("st\n");
    await repository.succeed(["remote", "remove", "st"]);
    expect(repository.read(".dvc/config").trim()).toBe("");
  });

  it("refuse unknown options and leave the file alone", async () => {
    const repository = makeRepository();
    const { exitCode, stderr } = await repository.run(["config", "core.nosuch", "1"]);
    expect([exitCode, stderr]).toEqual([
      251,
      "ERROR: configuration error - config file error: extra keys not allowed @ data['core']['nosuch']\n",
    ]);
    expect(repository.read(".dvc/config")).toBe("");
    expect(await repository.run(["config", "nodot"])).toMatchObject({ exitCode: 254 });
    expect(await repository.run(["remote", "default", "nosuch"])).toMatchObject({ exitCode: 251 });
  });

  it("work where a mistake in the file stops everything else", async () => {
    const repository = makeRepository({ files: { ".dvc/config": "[core]\n    nosuch = 1\n" } });
    expect(await repository.run(["checkout"])).toMatchObject({ exitCode: 251 });
    await repository.succeed(["config", "--unset", "core.nosuch"]);
    expect(await repository.succeed(["checkout"])).toBe("");
  });
});
