/** `list`, `du`, `get`, `import`, `import-url` and `update`: another repository, folders and addresses. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { lookAtWebFile } from "../../../src/store/web-file.ts";
import { makeRepository, type Repository } from "../../rig/index.ts";

let source: Repository;
let made: Repository;
let repository: Repository;
let server: Server;
let address: string;
let served = "one\n";
let askedAs: string | undefined;
const dated = "Sun, 29 Nov 2026 12:51:39 GMT";

beforeAll(async () => {
  source = makeRepository({ files: { "code.txt": "code\n", "dvc.yaml": "stages: {}\n" } });
  source.write({ "d/a": "1\n", "d/e/b": "22\n", "sub/f": "x\n" });
  await source.succeed(["add", "-q", "d", "sub/f"]);
  source.commit("data");
  made = makeRepository();
  server = createServer((request, response) => {
    if (request.url === "/forbidden") return void response.writeHead(403).end();
    const version = { "/file?v=1": { etag: `"${served.length}"` }, "/dated": { "last-modified": dated } }[
      request.url ?? ""
    ];
    if (version === undefined) return void response.writeHead(404).end();
    askedAs = request.headers.authorization;
    response.writeHead(200, { ...version, "content-length": served.length });
    response.end(request.method === "HEAD" ? undefined : served);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  address = `http://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}/file`;
});
afterAll(() => void server.close());
beforeEach(() => {
  repository = made.copy();
});

const file = (name: string) => readFileSync(path.join(repository.folder, name), "utf8");
const refused = async (args: readonly string[]) => {
  const { exitCode, stderr } = await repository.run(args);
  return [exitCode, stderr];
};

describe("pull where one source can't be reached", () => {
  let project: Repository;
  beforeAll(async () => {
    const other = makeRepository({ files: { "gone.txt": "gone\n" } });
    project = makeRepository();
    await project.succeed(["import", "-q", source.folder, "sub/f", "-o", "near"]);
    await project.succeed(["import", "-q", other.folder, "gone.txt"]);
    project.write({ own: "own\n" });
    await project.succeed(["remote", "add", "-q", "-d", "s", "../../store"]);
    await project.succeed(["add", "-q", "own"]);
    await project.succeed(["push", "-q"]);
    rmSync(other.root, { recursive: true });
    rmSync(path.join(project.folder, ".dvc/cache"), { recursive: true });
    for (const name of ["near", "gone.txt", "own"]) rmSync(path.join(project.folder, name));
  });

  test.each([[["pull"]], [["pull", "--allow-missing"]]])("%j brings the rest, names it and fails", async (words) => {
    const copy = project.copy();
    const { exitCode, stdout, stderr } = await copy.run(words);
    expect([exitCode, copy.read("near"), copy.read("own"), copy.exists("gone.txt")]).toEqual([
      255,
      "x\n",
      "own\n",
      false,
    ]);
    expect(stdout).toBe("A       near\nA       own\n2 files fetched and 2 files added\n");
    expect(stderr).toMatch(/1 file failed to download: Git failed to fetch/);
    expect(/^HINT: .*/m.exec(stderr)?.[0]).toBe(
      words.includes("--allow-missing") ? undefined : "HINT: Not brought: 'gone.txt'. All else is there.",
    );
  });

  test("what needs nothing of it is pulled", async () => {
    const copy = project.copy();
    await copy.succeed(["pull", "-q", "near", "own"]);
    expect(copy.read("near")).toBe("x\n");
  });
});

describe("list and du", () => {
  test("what lies new in a folder of data, as DVC", async () => {
    const there = source.copy();
    there.write({ "d/new": "n\n", "d/e/more/x": "x\n" });
    rmSync(path.join(there.folder, "d/a"));
    const listed = async (...words: string[]) => (await there.succeed(["list", ".", ...words])).trim().split("\n");
    expect(await listed("d")).toEqual(["a", "e", "new"]);
    expect(await listed("-R", "d")).toEqual(["a", "e/b", "e/more/x", "new"]);
    expect(await listed("d/e/more")).toEqual(["x"]);
    expect(await listed("-R", "--dvc-only", "d")).toEqual(["a", "e/b"]);
    await repository.succeed(["get", "-q", there.folder, "d/new"]);
    expect(file("new")).toBe("n\n");
    const missing = await repository.run(["get", there.folder, "d/nosuch"]);
    expect([missing.exitCode, missing.stderr]).toEqual([1, expect.stringContaining("No such file or directory")]);
  });

  test("a link to nothing is listed, as DVC does, and not got", async () => {
    const there = source.copy();
    mkdirSync(path.join(there.folder, "links"));
    symlinkSync("../nosuch", path.join(there.folder, "links/broken"));
    writeFileSync(path.join(there.folder, "links/whole"), "w\n");
    for (const rev of ["workspace", "commit"]) {
      if (rev === "commit") there.commit("links");
      const address = rev === "commit" ? [`file://${there.folder}`, "links"] : [there.folder, "links"];
      expect(await repository.succeed(["list", ...address])).toBe("broken\nwhole\n");
      await repository.succeed(["get", "-q", ...address, "-o", `got-${rev}`]);
      expect(readdirSync(path.join(repository.folder, `got-${rev}`))).toEqual(["whole"]);
    }
    const missing = await repository.run(["list", there.folder, "links/broken"]);
    expect([missing.exitCode, missing.stderr]).toEqual([1, expect.stringContaining("No such file or directory")]);
  });

  test("files of Git and data, of the workspace and of a commit", async () => {
    const all = [".dvcignore", ".gitignore", "code.txt", "d", "d.dvc", "dvc.yaml", "sub"];
    expect((await repository.succeed(["list", source.folder])).trim().split("\n")).toEqual(all);
    const files = [
      ".dvcignore",
      ".gitignore",
      "code.txt",
      "d.dvc",
      "d/a",
      "d/e/b",
      "dvc.yaml",
      "sub/.gitignore",
      "sub/f",
      "sub/f.dvc",
    ];
    for (const rev of [[], ["--rev", "HEAD"]])
      expect((await repository.succeed(["list", "-R", source.folder, ...rev])).trim().split("\n")).toEqual(files);
    expect(await repository.succeed(["list", "--dvc-only", "-R", source.folder])).toBe("d/a\nd/e/b\nsub/f\n");
    expect(JSON.parse(await repository.succeed(["list", "--json", "--dvc-only", source.folder, "sub"]))).toEqual([
      { isout: true, isdir: false, isexec: false, size: 2, md5: "401b30e3b8b5d629635a5c613cdb7919", path: "f" },
    ]);
    expect(await repository.succeed(["list", "-T", source.folder, "d"])).toBe("d\n├── a\n└── e\n    └── b\n");
  });

  test("sizes", async () => {
    expect(await repository.succeed(["du", source.folder, "d"])).toBe("2  d/a\n3  d/e\n5  d\n");
    expect(await repository.succeed(["du", "-s", source.folder, "sub/f"])).toBe("2\n");
  });

  test("what is not there", async () => {
    expect(await refused(["list", source.folder, "nosuch"])).toEqual([1, expect.stringContaining("No such file")]);
    expect(await refused(["list", "../nosuch"])).toEqual([1, expect.stringContaining("failed to list '../nosuch'")]);
  });
});

describe("a source whose data lies in another remote than its default one", () => {
  let bare: Repository;
  beforeAll(async () => {
    bare = source.copy();
    await bare.succeed(["remote", "add", "other", "../other"]);
    await bare.succeed(["push", "-r", "other"]);
    rmSync(path.join(bare.folder, ".dvc/cache"), { recursive: true });
    rmSync(path.join(bare.folder, "sub/f"));
    bare.commit("remote");
  });

  test("is told where: by --remote, --config, --remote-config", async () => {
    expect((await repository.run(["get", bare.folder, "sub/f"])).exitCode).toBe(1);
    await repository.succeed(["get", bare.folder, "sub/f", "--remote", "other"]);
    expect(file("f")).toBe("x\n");
    writeFileSync(path.join(repository.folder, "settings"), `['remote "mine"']\nurl = ${bare.root}/other\n`);
    const mine = ["--config", "settings", "--remote", "mine"];
    await repository.succeed(["get", bare.folder, "sub/f", "-o", "g", ...mine]);
    expect(file("g")).toBe("x\n");
    const url = ["--remote", "other", "--remote-config", `url=${bare.root}/other`];
    await repository.succeed(["get", bare.folder, "sub/f", "-o", "h", ...url]);
    const none = await refused(["get", bare.folder, "d/a", "--config", "nosuch"]);
    expect(none).toEqual([1, expect.stringContaining("there is no file")]);
  });

  test("import keeps it in mind, and so does update", async () => {
    await repository.succeed(["import", bare.folder, "sub/f", "--remote", "other"]);
    expect(file("f.dvc")).toMatch(/rev_lock: [0-9a-f]{40}\n {4}remote: other\n/);
    expect(file("f")).toBe("x\n");
    expect((await repository.run(["update", "f.dvc"])).exitCode).toBe(0);
  });
});

test("get: a file, a folder, a part of one, of a revision; nothing is overwritten", async () => {
  await repository.succeed(["get", source.folder, "d", "-o", "dd"]);
  expect([file("dd/a"), file("dd/e/b")]).toEqual(["1\n", "22\n"]);
  await repository.succeed(["get", `file://${source.folder}`, "d/e", "--rev", "HEAD"]);
  expect(file("e/b")).toBe("22\n");
  await repository.succeed(["get", source.folder, "code.txt", "-o", "dd"]);
  expect(file("dd/code.txt")).toBe("code\n");
  expect(await refused(["get", source.folder, "d/e"])).toEqual([1, expect.stringContaining("already exists locally")]);
  await repository.succeed(["get", "-f", source.folder, "d", "-o", "e"]);
  expect(await repository.succeed(["get", "--show-url", source.folder, "sub/f"])).toContain("files/md5/40/1b30e3b8b5");
  expect(readdirSync(repository.folder).filter((name) => name.startsWith(".") && name.endsWith(".tmp"))).toEqual([]);
});

describe("from somebody's repository", () => {
  let theirs: Repository;
  beforeAll(() => {
    theirs = makeRepository({ files: { "code.txt": "code\n" } });
    theirs.write({ "../secret/key": "key\n", "in/f": "1\n" });
    for (const [link, to] of [
      ["key", "../secret/key"],
      ["folder", "../secret"],
      ["in/l", "f"],
    ] as const)
      symlinkSync(to, path.join(theirs.folder, link));
    const list = '[{"md5": "c4ca4238a0b923820dcc509a6f75849b", "relpath": "../../x"}]';
    const md5 = createHash("md5").update(list).digest("hex");
    theirs.write({
      [`.dvc/cache/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}.dir`]: list,
      "broken.dvc": `outs:\n- {md5: ${md5}.dir, size: 1, hash: md5, path: broken}\n`,
    });
    theirs.git("add", "-f", "broken.dvc");
    theirs.git("commit", "--quiet", "-m", "data");
  });

  test.each(["key", "folder", "folder/key"])("get and list: %s, which leads out of it, is not there", async (name) => {
    expect(await refused(["get", theirs.folder, name])).toEqual([1, expect.stringContaining("No such file")]);
    expect(repository.exists(path.basename(name))).toBe(false);
    expect(await repository.succeed(["list", theirs.folder])).not.toMatch(/key|folder/);
  });

  test("a link to a file of its own is that file", async () => {
    await repository.succeed(["get", theirs.folder, "in/l"]);
    expect(file("l")).toBe("1\n");
  });

  test.each(["get", "import"])("%s: a list of files that is broken is no empty folder", async (command) => {
    expect(await refused([command, theirs.folder, "broken"])).toEqual([1, expect.stringContaining("is broken")]);
    expect(repository.exists("broken")).toBe(false);
  });
});

describe("import", () => {
  test("tracks where data came from; update follows it and keeps comments", async () => {
    await repository.succeed(["import", source.folder, "sub/f", "-o", "got"]);
    const commit = source.git("rev-parse", "HEAD");
    expect(file("got.dvc")).toMatch(
      new RegExp(
        `^md5: [0-9a-f]{32}\nfrozen: true\ndeps:\n- path: sub/f\n {2}repo:\n {4}url: ${source.folder}\n {4}rev_lock: ${commit}\nouts:\n- md5: 401b30e3b8b5d629635a5c613cdb7919\n {2}size: 2\n {2}hash: md5\n {2}path: got\n$`,
      ),
    );
    expect([file("got"), file(".gitignore")]).toEqual(["x\n", "/got\n"]);
    expect(await repository.succeed(["update", "got.dvc"])).toContain("'got.dvc' didn't change, skipping");
    const next = source.copy();
    next.write({ "sub/f": "longer\n" });
    await next.succeed(["add", "-q", "sub/f"]);
    next.commit("two");
    repository.write({ "got.dvc": `# mine\n${file("got.dvc").replace(source.folder, next.folder)}` });
    await repository.succeed(["update", "got.dvc"]);
    expect([file("got"), file("got.dvc").startsWith("# mine\nmd5: ")]).toEqual(["longer\n", true]);
    expect(file("got.dvc")).toContain(`    rev_lock: ${next.git("rev-parse", "HEAD")}\nouts:\n- md5: `);
  });

  test("without data, and without a look", async () => {
    await repository.succeed(["import", source.folder, "d", "--no-exec"]);
    expect(file("d.dvc")).toBe(
      `frozen: true\ndeps:\n- path: d\n  repo:\n    url: ${source.folder}\nouts:\n- hash: md5\n  path: d\n`,
    );
    await repository.succeed(["import", source.folder, "d", "--no-download", "--rev", "HEAD", "-o", "other"]);
    expect(file("other.dvc")).toMatch(/^md5: .*\n[\s\S]*rev: HEAD\n {4}rev_lock: [0-9a-f]{40}\nouts:\n- hash: md5\n/);
    await repository.succeed(["update", "d.dvc"]);
    expect([file("d/e/b"), file("d.dvc").includes("nfiles: 2")]).toEqual(["22\n", true]);
  });

  test.each([
    [["import", "SOURCE", "dvc.yaml", "-o", "x"], "DVC file 'dvc.yaml' cannot be a dependency"],
    [["import", "SOURCE", "nosuch"], "No such file or directory"],
    [["import", "SOURCE", "d", "-o", "../out"], "outside"],
    [["import", "SOURCE", "d", "--rev", "nosuch"], "unknown Git revision 'nosuch'"],
    [["import-url", "foo://x/y"], "'foo' addresses can't be imported"],
    [["import-url", "nosuch"], "dependency 'nosuch' does not exist"],
    [["update", "nosuch.dvc"], "does not exist"],
  ])("refuses %j", async (args, words) => {
    const named = args.map((word) => (word === "SOURCE" ? source.folder : word));
    expect(await refused(named)).toEqual([1, expect.stringContaining(words)]);
    expect(repository.git("status", "--porcelain")).toBe("");
  });
});

describe("import-url", () => {
  test("a file and a folder; update takes what changed", async () => {
    const outside = path.join(repository.root, "outside");
    await repository.succeed(["get", source.folder, "d", "-o", outside]);
    await repository.succeed(["import-url", "../outside/a", "one"]);
    expect(file("one.dvc")).toMatch(
      /^md5: .*\nfrozen: true\ndeps:\n- md5: .*\n {2}size: 2\n {2}hash: md5\n {2}path: \.\.\/outside\/a\nouts:\n/,
    );
    await repository.succeed(["import-url", outside, "all"]);
    expect(file("all/e/b")).toBe("22\n");
    writeFileSync(path.join(outside, "a"), "changed\n");
    rmSync(path.join(outside, "e"), { recursive: true });
    await repository.succeed(["update", "one.dvc", "all.dvc"]);
    expect([file("one"), readdirSync(path.join(repository.folder, "all"))]).toEqual(["changed\n", ["a"]]);
  });

  test("an address, with what the server calls its version", async () => {
    await repository.succeed(["import-url", `${address}?v=1`]);
    expect(file("file.dvc")).toContain(`- checksum: '"4"'\n  size: 4\n  hash: md5\n  path: ${address}?v=1\n`);
    expect(file("file")).toBe("one\n");
    expect(await repository.succeed(["update", "file.dvc"])).toContain("didn't change");
    served = "another\n";
    await repository.succeed(["update", "file.dvc"]);
    expect(file("file")).toBe("another\n");
    expect(await refused(["import-url", address, "no"])).toEqual([1, expect.stringContaining("does not exist")]);
    expect(await refused(["-v", "import-url", new URL("/forbidden", address).href])).toEqual([
      1,
      expect.stringContaining("CODE: URL_FAILED"),
    ]);
  });

  test.each(["everything", "--no-download"])(
    "an address whose server gives no version (%s): as stages record it",
    async (how) => {
      const url = address.replace(/file$/, "dated");
      await repository.succeed(["import-url", url, ...(how === "everything" ? [] : [how])]);
      const { file: known } = await lookAtWebFile(url);
      expect(file("dated.dvc")).toContain(`- checksum: '${known?.checksum}'\n  size: ${served.length}\n`);
      await repository.succeed(["update", "dated.dvc"]);
      await repository.succeed(["unfreeze", "dated.dvc"]);
      expect(await repository.succeed(["status"])).toContain("up to date");
    },
  );

  test("an address with a name and a password", async () => {
    await repository.succeed(["import-url", `${address.replace("//", "//me:secret@")}?v=1`, "mine"]);
    expect(file("mine")).toBe(served);
    expect(askedAs).toBe(`Basic ${Buffer.from("me:secret").toString("base64")}`);
  });
});
