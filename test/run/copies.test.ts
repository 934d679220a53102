/** Stages that do anything they like in their copy: the next experiment there finds it clean, the user's repository is untouched. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { experimentNames, userState } from "../cli/exp-project.ts";
import { type CommandResult, makeRepository, type Repository } from "../rig/index.ts";

/** What a stage does to its copy before it makes its output; the parameter says which. */
const deeds: Readonly<Record<string, string>> = {
  leaves: "echo left > left.txt; mkdir -p deep/er; echo left > deep/er/left.txt; echo left > ignored.txt",
  edits: "echo edited > tracked.txt; echo edited >> sub/tracked.txt; rm -f gone.txt; rm -rf sub2",
  types: "rm tracked.txt; mkdir tracked.txt; echo x > tracked.txt/x; rm -rf sub; echo file > sub",
  links: "rm tracked.txt; ln -s /etc/passwd tracked.txt; ln -s .. up; ln -s nowhere dangling",
  chmods: "mkdir locked; echo x > locked/x; chmod 000 locked; chmod 500 sub; chmod 755 tracked.txt; chmod 444 gone.txt",
  excludes:
    "echo '*' >> .git/info/exclude; echo 'tracked.txt -text filter=evil' > .git/info/attributes; echo hidden > hidden.txt",
  hooks:
    "mkdir -p .git/hooks; for h in post-checkout post-index-change pre-commit reference-transaction; do printf '#!/bin/sh\\ntouch \"$HOOKED\"\\n' > .git/hooks/$h; chmod +x .git/hooks/$h; done; git config core.hooksPath .git/hooks",
  nested:
    "git init -q nested; echo x > nested/x; git -C nested add x; git -C nested -c user.name=a -c user.email=a@b commit -qm x; git init -q sub/inner",
  flags:
    "git update-index --assume-unchanged tracked.txt; git update-index --skip-worktree sub/tracked.txt; echo hidden > tracked.txt; echo hidden > sub/tracked.txt",
  commits:
    "echo c > tracked.txt; git -c user.name=a -c user.email=a@b commit -qam mine; git branch mine; git tag mine; git checkout -q -b other; git stash list",
  gc: "git gc -q --prune=now; git repack -adq; git prune; git reflog expire --expire=now --all",
  breaks: "echo broken > .git/config; echo broken > .git/HEAD; rm -f .git/index",
  deletes: "rm -rf .git .dvc sub tracked.txt",
  replaces: "rm -rf .git; git init -q; git config user.name evil",
  resets: "git reset -q --hard HEAD; git clean -fdxq -e seen.txt; git rm -q --cached tracked.txt",
};

const script = `deed=$(sed -n 's/^deed: //p' params.yaml)
pwd
for file in *  sub/*; do echo "$file $(cat "$file" 2>/dev/null | head -c 20)"; done > seen.txt
git status --porcelain >> seen.txt 2>&1
git describe --always --tags >> seen.txt 2>&1
case "$deed" in
${Object.entries(deeds)
  .map(([name, deed]) => `${name}) ${deed} ;;`)
  .join("\n")}
esac
cp params.yaml out.txt 2>/dev/null || echo "deed: $deed" > out.txt
`;

const pipeline = {
  stages: { do: { cmd: "sh do.sh", params: ["deed"], outs: ["out.txt", { "seen.txt": { cache: false } }] } },
};

let repository: Repository;
let before: string;
let run: CommandResult;
const words = Object.keys(deeds).flatMap((name) => [name, `look-${name}`]);

beforeAll(async () => {
  repository = makeRepository({
    files: {
      "params.yaml": "deed: none\n",
      "dvc.yaml": JSON.stringify(pipeline),
      "do.sh": script,
      "tracked.txt": "tracked\n",
      "gone.txt": "still here\n",
      "sub/tracked.txt": "tracked below\n",
      "sub2/a.txt": "a\n",
      ".gitignore": "ignored*\n/out.txt\n",
    },
  });
  repository.git("tag", "v1");
  repository.write({ "untracked.txt": "u\n", "tracked.txt": "unstaged\n" });
  before = userState(repository);
  // After each deed, a run that only looks; one slot, so that all are in the same copy.
  const env = { HOOKED: path.join(repository.root, "hooked") };
  run = await repository.run(["sweep", "-n", "d", `deed=${words.join(",")}`], { env });
});

const refOf = (name: string) => repository.experimentRefs().find((item) => item.endsWith(`/${name}`)) ?? `no ${name}`;
const show = (name: string, file: string) => repository.git("show", `${refOf(name)}:${file}`);

describe("a copy", () => {
  test("is clean for the next experiment, whatever the one before did", () => {
    expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringMatching(/^WARNING: The following untracked files .*:\n\t.*left\.txt.*\nHINT: .*\n$/),
    });
    expect(experimentNames(repository)).toHaveLength(words.length);
    const copies = path.join(repository.folder, ".dvc/tmp/exps/sweepline/copies");
    expect(readdirSync(copies).filter((name) => /^\d+$/.test(name))).toEqual(["1"]);
    const seenBy = (at: number) => show(`d-${at}`, "seen.txt").replace(/deed: .*/, "");
    const first = seenBy(1);
    expect(first).toContain("tracked.txt unstaged");
    expect(first).toContain("v1");
    for (const [at, word] of words.entries()) expect(seenBy(at + 1), word).toBe(first);
  });

  test("nothing of it reached the user's repository", () => {
    expect(userState(repository)).toBe(before);
    expect(repository.git("fsck", "--strict", "--no-dangling")).toBe("");
    expect(repository.git("branch", "--format=%(refname:short)")).toBe("main");
    expect(repository.git("tag")).toBe("v1");
    expect(repository.git("config", "--get", "user.name")).toBe("Tester");
    expect(readdirSync(repository.root)).not.toContain("hooked");
    expect(repository.git("worktree", "list").split("\n")).toHaveLength(1);
  });

  test.each(["leaves", "nested", "excludes", "hooks", "gc", "commits", "flags"])(
    "the result of '%s' holds the output",
    (word) => {
      const at = Object.keys(deeds).indexOf(word) * 2 + 1;
      const names = repository.git("ls-tree", "-r", "--name-only", refOf(`d-${at}`)).split("\n");
      expect(names).toEqual(expect.arrayContaining(["dvc.lock", "seen.txt", "do.sh", "gone.txt"]));
      expect(names.filter((name) => /left|hidden|nested|inner/.test(name))).toEqual([]);
    },
  );

  test("what a stage edited of tracked files is in its result", () => {
    const at = Object.keys(deeds).indexOf("edits") * 2 + 1;
    expect(show(`d-${at}`, "tracked.txt")).toBe("edited");
    expect(show(`d-${at}`, "sub/tracked.txt")).toBe("tracked below\nedited");
    const names = repository.git("ls-tree", "-r", "--name-only", refOf(`d-${at}`)).split("\n");
    expect(names).not.toContain("gone.txt");
  });
});

test("a copy of a repository that Git filters and links: the bytes that the user has", async () => {
  const other = makeRepository({
    files: {
      "params.yaml": "x: 1\r\nname: a\r\n",
      "dvc.yaml": JSON.stringify({
        stages: {
          cat: {
            cmd: "od -c params.yaml > bytes.txt; cat link.txt >> bytes.txt",
            params: ["x"],
            outs: [{ "bytes.txt": { cache: false } }],
          },
        },
      }),
      ".gitattributes": "params.yaml text eol=crlf\n",
      "target.txt": "by link\n",
    },
  });
  await other.startProgram("ln", ["-s", "target.txt", "link.txt"]).result();
  other.commit("link");
  await other.succeed(["exp", "run", "--temp", "-n", "crlf", "-S", "x=2"]);
  const ref = other.experimentRefs()[0] ?? "";
  expect(other.git("show", `${ref}:bytes.txt`)).toMatch(/x\s+:\s+2\s+\\r\s+\\n[\s\S]*by link/);
  expect(other.git("cat-file", "-p", `${ref}:params.yaml`)).toBe("x: 2\nname: a");
  expect(other.git("status", "--porcelain")).toBe("");
});
