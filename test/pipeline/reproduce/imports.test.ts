/** Data of `dvc import`: fetched from the repository that it comes from, if the bytes are those that are on record. */
import { createHash } from "node:crypto";
import { rmSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { fetchTracked } from "../../../src/pipeline/data/transfer.ts";
import { openProject } from "../../../src/project/open.ts";
import { type Files, run, type TestProject, testProject } from "../project.ts";

const md5Of = (text: string) => createHash("md5").update(text).digest("hex");
const objectOf = (md5: string) => `files/md5/${md5.slice(0, 2)}/${md5.slice(2)}`;
const folderText = (files: Readonly<Record<string, string>>) =>
  `[${Object.entries(files)
    .map(([name, text]) => `{"md5": "${md5Of(text)}", "relpath": "${name}"}`)
    .join(", ")}]`;

/** The objects of a file and a folder, below a cache or remote. */
function objects(place: string, texts: readonly string[], folder: string): Files {
  const files = texts.map((text) => [`${place}/${objectOf(md5Of(text))}`, text]);
  return Object.fromEntries([...files, [`${place}/${objectOf(md5Of(folder))}.dir`, folder]]);
}

const tracked = { a: "a\n", b: "b\n" };
const trackedFolder = folderText(tracked);
const plain = { link: "/etc/hostname", one: "1\n" };

/** A repository with data in `store`, which is its cache or its remote, and files in Git. */
function source(store: "cache" | "remote"): TestProject & { readonly commit: string } {
  const project = testProject({ "g/one": "1\n", "plain.txt": "plain\n", ".gitignore": "/store\n" });
  const config =
    store === "cache" ? "" : `[core]\n    remote = r\n['remote "r"']\n    url = ${project.file("store")}\n`;
  const place = store === "cache" ? ".dvc/cache" : "store";
  project.write({ ".dvc/config": config, ...objects(place, ["foo\n", "a\n", "b\n"], trackedFolder) });
  symlinkSync("/etc/hostname", project.file("g/link"));
  project.git("add", "-A");
  project.git("commit", "-qm", "one");
  return { ...project, commit: project.git("rev-parse", "HEAD").trim() };
}

function importFile(url: string, facts: { commit: string; from: string; md5: string; out: string }): string {
  const dep = `- path: ${facts.from}\n  repo:\n    url: ${url}\n    rev_lock: ${facts.commit}\n`;
  return `frozen: true\ndeps:\n${dep}outs:\n- md5: ${facts.md5}\n  hash: md5\n  path: ${facts.out}\n`;
}

/** All that can be imported from such a source. */
function importer(url: string, commit: string): TestProject {
  const file = (from: string, md5: string, out = from) => importFile(url, { commit, from, md5, out });
  return testProject({
    "foo.dvc": file("data/foo", md5Of("foo\n"), "foo"),
    "dd.dvc": file("dd", `${md5Of(trackedFolder)}.dir`),
    "part.dvc": file("dd/a", md5Of("a\n"), "part"),
    "plain.dvc": file("plain.txt", md5Of("plain\n"), "plain"),
    "g.dvc": file("g", `${md5Of(folderText(plain))}.dir`),
  });
}

function fetch({ root }: TestProject) {
  const project = openProject(root, {});
  return fetchTracked({
    project,
    folder: root,
    targets: [],
    recursive: false,
    names: "exact",
    remote: undefined,
    runCache: false,
    jobs: 4,
  });
}

test.each([
  ["cache", "path"],
  ["remote", "path"],
  ["remote", "URL"],
] as const)("comes from the source's %s, named by a %s, and from its commit", async (store, how) => {
  const from = source(store);
  const project = importer(how === "path" ? from.root : `file://${from.root}`, from.commit);
  // What the source holds now does not matter.
  from.write({ "plain.txt": "later\n" });
  expect(await fetch(project)).toEqual({ transferred: 7, missing: [], failed: [] });
  expect(await fetch(project)).toEqual({ transferred: 0, missing: [], failed: [] });
  expect(project.read(`.dvc/cache/${objectOf(md5Of("plain\n"))}`)).toBe("plain\n");
  // A link is what it says, not what it leads to.
  expect(project.read(`.dvc/cache/${objectOf(md5Of(plain.link))}`)).toBe(plain.link);
  expect(project.list(".dvc/tmp").filter((name) => name.includes("import"))).toEqual([]);
});

test("what is not there as it is on record is missing, the rest is fetched", async () => {
  const from = source("cache");
  const project = importer(from.root, from.commit);
  rmSync(from.file(`.dvc/cache/${objectOf(md5Of("foo\n"))}`));
  project.write({
    "plain.dvc": importFile(from.root, { commit: from.commit, from: "plain.txt", md5: md5Of("other"), out: "plain" }),
  });
  const outcome = await fetch(project);
  expect(outcome).toEqual({ transferred: 5, missing: expect.anything(), failed: [] });
  expect([...outcome.missing].sort()).toEqual([md5Of("foo\n"), md5Of("other")].sort());
});

test("a source that is gone, or lacks the commit, fails alone", async () => {
  const from = source("remote");
  const project = importer(from.root, from.commit);
  const gone = { commit: from.commit, from: "x", md5: md5Of("x"), out: "x" };
  project.write({
    "x.dvc": importFile("/nowhere/at/all", gone),
    "y.dvc": importFile(`file://${from.root}`, { ...gone, commit: "a1".repeat(20), out: "y" }),
  });
  const { transferred, failed } = await fetch(project);
  expect([transferred, failed.map(({ message }) => message).sort()]).toEqual([
    7,
    [expect.stringMatching(/has no commit a1a1/), expect.stringMatching(/fetch from '\/nowhere\/at\/all'/)],
  ]);
});

test.each([["../../secret"], ["/etc/passwd"], [".git/config"], [".dvc/config"]])(
  "of a source, %s is never asked for",
  async (name) => {
    const from = source("cache");
    const file = importFile(from.root, { commit: from.commit, from: name, md5: md5Of("x"), out: "x" });
    const project = testProject({
      "x.dvc": file,
      ".dvc/config": "[core]\n    remote = r\n['remote \"r\"']\n    url = /nowhere\n",
    });
    expect(await fetch(project)).toEqual({ transferred: 0, missing: [], failed: [] });
  },
);

test("repro --pull brings it before it is verified", async () => {
  const from = source("remote");
  const project = importer(from.root, from.commit);
  const { result } = await run(project, { pull: true, targets: ["dd.dvc", "plain.dvc"] });
  expect(result).toMatchObject({ kind: "done", changed: 0 });
  expect([project.read("dd/b"), project.read("plain")]).toEqual(["b\n", "plain\n"]);
});
