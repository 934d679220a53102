/** `checkout` of what a commit no longer tracks, and of what has no hash, through the real binary. */
import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

describe("data that the commit no longer tracks", () => {
  /** `plain` tracks nothing; `data` has foo and dir. The workspace is at `data`, all of it checked out. */
  async function withData(): Promise<{ repository: Repository; at: (name: string) => string }> {
    const repository = makeRepository();
    repository.git("branch", "plain");
    repository.git("checkout", "--quiet", "-b", "data");
    repository.write({ foo: "1", "dir/x": "2", "dir/sub/y": "3" });
    await repository.succeed(["add", "-q", "foo", "dir"]);
    repository.commit("data");
    return { repository, at: (name) => path.join(repository.folder, name) };
  }

  it("goes with checkout, and comes back from the cache", async () => {
    const { repository } = await withData();
    repository.git("checkout", "--quiet", "plain");
    expect(await repository.succeed(["checkout", "foo/../.gitignore"]).catch(() => "refused")).toBe("refused");
    expect(repository.exists("foo")).toBe(true);
    expect(await repository.succeed(["checkout"])).toBe("D       dir/\nD       foo\n");
    expect([repository.exists("foo"), repository.exists("dir")]).toEqual([false, false]);
    expect(await repository.succeed(["checkout"])).toBe("");
    repository.git("checkout", "--quiet", "data");
    expect(await repository.succeed(["checkout", "--json"])).toContain('"added":["dir/","foo"],"deleted":[]');
    repository.git("checkout", "--quiet", "plain");
    expect(await repository.succeed(["checkout", "--summary"])).toBe("2 files deleted\n");
  });

  it("stays where it was changed, put there by somebody else, or is in no cache any more", async () => {
    const { repository, at } = await withData();
    repository.git("checkout", "--quiet", "plain");
    writeFileSync(at("dir/mine"), "mine");
    renameSync(at("foo"), at("was-foo"));
    writeFileSync(at("foo"), "1");
    expect(await repository.succeed(["checkout"])).toBe("");
    rmSync(at("dir/mine"));
    rmSync(at("foo"));
    renameSync(at("was-foo"), at("foo"));
    renameSync(at(".dvc/cache"), at(".dvc/tmp/cache"));
    expect(await repository.succeed(["checkout"])).toBe("");
    renameSync(at(".dvc/tmp/cache"), at(".dvc/cache"));
    expect(await repository.succeed(["checkout"])).toBe("D       dir/\nD       foo\n");
  });

  it("stays where Git has it now", async () => {
    const { repository } = await withData();
    rmSync(path.join(repository.folder, "foo.dvc"));
    repository.write({ ".gitignore": "/dir\n" });
    repository.commit("foo goes into Git");
    expect(await repository.succeed(["checkout"])).toBe("");
    expect(repository.read("foo")).toBe("1");
  });

  it("goes but for a part of it that is an output now", async () => {
    const { repository } = await withData();
    repository.git("checkout", "--quiet", "plain");
    repository.write({ "dvc.yaml": "stages:\n  s:\n    cmd: echo 3 > dir/sub/y\n    outs: [dir/sub: {cache: false}]\n" });
    expect(await repository.succeed(["checkout"])).toBe("D       dir/\nD       foo\n");
    expect([repository.exists("dir/x"), repository.read("dir/sub/y")]).toEqual([false, "3"]);
  });

  it("goes too where a stage made it", async () => {
    const repository = makeRepository();
    repository.write({ "dvc.yaml": "stages:\n  s:\n    cmd: echo 1 > out\n    outs: [out]\n" });
    await repository.succeed(["repro"]);
    repository.commit("ran");
    repository.git("checkout", "--quiet", "HEAD~1");
    expect(await repository.succeed(["checkout"])).toBe("D       out\n");
  });

  it("is removed in the project only, whatever a link says", async () => {
    const { repository, at } = await withData();
    repository.git("checkout", "--quiet", "plain");
    const outside = path.join(repository.root, "outside");
    renameSync(at("dir"), outside);
    execFileSync("ln", ["-s", outside, at("dir")]);
    expect(await repository.succeed(["checkout"])).toBe("D       foo\n");
    expect(execFileSync("find", [outside, "-type", "f"], { encoding: "utf8" }).split("\n").sort().slice(1)).toEqual([
      path.join(outside, "sub/y"),
      path.join(outside, "x"),
    ]);
  });
});

describe("outputs without a hash", () => {
  let made: Repository;
  beforeAll(async () => {
    const text =
      "stages:\n  s:\n    cmd: echo 1 > out\n    outs: [out]\n  m:\n    cmd: echo 1 > m\n    outs: [m: {cache: false}]\n";
    made = makeRepository({ files: { "dvc.yaml": text } });
    await made.succeed(["remote", "add", "-d", "r", "../remote"]);
    mkdirSync(path.join(made.root, "remote"));
  });

  it("fail checkout and pull with a warning, but for --allow-missing", async () => {
    const repository = made.copy();
    const warning = `WARNING: No file hash info found for '${path.join(repository.folder, "out")}'. It won't be created.\n`;
    for (const command of [["checkout"], ["checkout", "s"], ["checkout", "out"], ["pull"]]) {
      const { exitCode, stderr } = await repository.run(command);
      expect([command, exitCode]).toEqual([command, 255]);
      expect(stderr).toContain(warning);
      expect(stderr).toContain("Checkout failed for following targets:\nout\n");
    }
    expect((await repository.run(["checkout", "m"])).stderr).toBe("");
    expect(await repository.run(["checkout", "--allow-missing"])).toMatchObject({ exitCode: 0, stderr: warning });
    expect(await repository.run(["fetch"])).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("are left as they are, also with --force", async () => {
    const repository = made.copy();
    repository.write({ out: "mine" });
    expect(await repository.run(["checkout", "--force"])).toMatchObject({ exitCode: 255 });
    expect(repository.read("out")).toBe("mine");
  });
});
