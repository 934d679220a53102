/** The next experiment in a copy sees what is committed and nothing else, whatever the one before did there. */
import { readdirSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { userState } from "../cli/exp-project.ts";
import { makeRepository, type Repository } from "../rig/index.ts";
import { listing, vandalDeeds } from "./vandals.ts";

/** `npm run test:faults -- --full` sets it. */
const isFull = process.env.SWEEPLINE_FAULTS_STRIDE !== undefined;
const deedNames = Object.keys(vandalDeeds);

/** Each deed once, several in a row in an order by chance; or each alone, and many lists by chance. */
function chosenLists(): readonly (readonly string[])[] {
  const seed = 2026;
  if (isFull) {
    const lists = fc.uniqueArray(fc.constantFrom(...deedNames), { minLength: 2, maxLength: 7 });
    return [...deedNames.map((name) => [name]), ...fc.sample(lists, { numRuns: 150, seed })];
  }
  const all = fc.shuffledSubarray(deedNames, { minLength: deedNames.length });
  const order = fc.sample(all, { numRuns: 1, seed }).flat();
  return order.flatMap((_, at) => (at % 4 === 0 ? [order.slice(at, at + 4)] : []));
}

const lists = chosenLists();

const script = `deed=$(sed -n 's/^deed: //p' params.yaml)
{ node list.mjs; git status --porcelain | grep -v 'M  params.yaml'; git -C sub status --porcelain .; git config --list --local | sort; git for-each-ref; git ls-files -v; } > seen.txt 2>&1
echo "$deed" > out.txt
if [ -f "deeds/$deed" ]; then sh "deeds/$deed" > ../deed.log 2>&1; fi
exit 0
`;

/** A pipeline whose stage does what the list of that number says. */
async function vandalRepository(deeds: readonly (readonly string[])[]): Promise<Repository> {
  const repository = makeRepository({
    files: {
      "params.yaml": "deed: none\n",
      "dvc.yaml": JSON.stringify({
        stages: { do: { cmd: "sh do.sh", params: ["deed"], outs: ["out.txt", { "seen.txt": { cache: false } }] } },
      }),
      "do.sh": script,
      "list.mjs": listing,
      "tracked.txt": "tracked\n",
      "tool.sh": "#!/bin/sh\n",
      "sub/tracked.txt": "tracked below\n",
      "sub/deep/d.txt": "d\n",
      "sub2/a.txt": "a\n",
      ".gitignore": "ignored*\n/out.txt\n",
      ...Object.fromEntries(
        deeds.map((list, at) => [`deeds/v${at}`, list.map((name) => `${vandalDeeds[name]}\n`).join("")]),
      ),
    },
  });
  await repository.startProgram("ln", ["-s", "tracked.txt", "link"]).result();
  await repository.startProgram("chmod", ["+x", "tool.sh"]).result();
  repository.commit("more");
  return repository;
}

/** What the vandals leave is told. */
const leftFiles = /^WARNING: The following untracked files were present .*?\nHINT: --keep-untracked [^\n]*\n/s;

let repository: Repository;
let before: string;
/** So many lists in one command, each with a run before it that only looks, and one at the end. */
const sweepSize = 20;
/** The number of the experiment that looks at what a list left. */
const lookAfter = (at: number) => 2 * at + 3 + Math.floor(at / sweepSize);

beforeAll(async () => {
  repository = await vandalRepository(lists);
  repository.write({ "untracked.txt": "u\n" });
  before = userState(repository);
  // As from a git hook: the variable must not reach the git of stages.
  const env = { GIT_DIR: path.join(repository.folder, ".git") };
  for (let from = 0; from < lists.length; from += sweepSize) {
    const numbers = lists.slice(from, from + sweepSize).map((_, at) => from + at);
    const points = numbers.flatMap((at) => [`look${at}`, `v${at}`]);
    const run = await repository.run(["sweep", "-n", "d", `deed=${points.join(",")},last${from}`], { env });
    expect({ exitCode: run.exitCode, stderr: run.stderr.replace(leftFiles, "") }).toEqual({ exitCode: 0, stderr: "" });
  }
}, 600_000);

const refs = new Map<string, string>();
function refOf(number: number): string {
  if (refs.size === 0)
    for (const ref of repository.experimentRefs()) refs.set(ref.slice(ref.lastIndexOf("/") + 1), ref);
  return refs.get(`d-${number}`) ?? `no d-${number}`;
}

describe("a copy", () => {
  test.each(lists.map((list, at) => [list.join(", "), at] as const))("is clean after %s", (_, at) => {
    const first = refOf(1);
    const next = refOf(lookAfter(at));
    expect(repository.git("show", `${next}:seen.txt`)).toBe(repository.git("show", `${first}:seen.txt`));
    expect(repository.git("diff", "--name-status", "main", next)).toBe("A\tdvc.lock\nM\tparams.yaml\nA\tseen.txt");
  });

  test("is one and the same all the time", () => {
    const copies = path.join(repository.folder, ".dvc/tmp/exps/sweepline/copies");
    expect(readdirSync(copies)).toEqual(["1"]);
    // The last two only where git had to make the tree of a result.
    const expected = ["git", "git.json", "work", "result.index", "result.names"];
    const names = readdirSync(path.join(copies, "1"));
    expect(names).toEqual(expect.arrayContaining(expected.slice(0, 3)));
    expect(expected).toEqual(expect.arrayContaining(names));
  });

  test("is no way into the user's repository", () => {
    expect(userState(repository)).toBe(before);
    expect(repository.git("fsck", "--strict", "--no-dangling")).toBe("");
    expect(repository.git("for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags", "refs/replace")).toBe(
      "refs/heads/main",
    );
    expect(repository.git("config", "--list", "--local")).not.toMatch(/evil|worktree|fsmonitor/);
  });
});

test("a result holds the files that changed, whatever Git was told of them", async () => {
  const other = await vandalRepository([["flags"], ["trustedFlags"], ["sameSize"], ["names", "brokenGit"]]);
  await other.succeed(["sweep", "-n", "d", "deed=v0,v1,v2,v3"]);
  const changed = other.experimentRefs().map((ref) => other.git("diff", "--name-only", "main", ref).split("\n"));
  const usual = ["dvc.lock", "params.yaml", "seen.txt"];
  const both = [...usual, "sub/tracked.txt", "tracked.txt"];
  expect(changed).toEqual([both, both, both, usual]);
});
