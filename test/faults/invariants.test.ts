/** The checks see what they are there for: a sound project has no violations, each kind of damage has its own. */
import { rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { Repository } from "../rig/index.ts";
import { checkInvariants, type Plan, userState, violationsAtRest } from "./invariants.ts";
import { copyRepository, makeFaultRepository } from "./project.ts";

const points = [2, 3].map((x, at) => ({ name: `p-${at + 1}`, x }));

const planFor = (repository: Repository): Plan => ({
  points,
  user: userState(repository),
  changes: "nothing",
  queued: "all",
  again: [["exp", "run", "--run-all"]],
});

test("a sound project has no violations; each damage is seen", async () => {
  const template = makeFaultRepository();
  await template.succeed(["exp", "run", "--queue", "-n", "p", "-S", "x=2,3"]);
  expect(await checkInvariants(template, planFor(template))).toEqual([]);
  const commit = template.git("rev-parse", template.experimentRefs()[0] ?? "");
  const damages: [string, (repository: Repository) => void][] = [
    ["'p-1' is done and done", (copy) => copy.git("update-ref", `refs/exps/12/${"3".repeat(38)}/p-1`, commit)],
    ["'p-2' is lost", (copy) => copy.git("update-ref", "-d", copy.experimentRefs()[1] ?? "")],
    ["of another point", (copy) => copy.git("update-ref", copy.experimentRefs()[1] ?? "", commit)],
    ["not in the cache", (copy) => rmSync(path.join(copy.folder, ".dvc/cache"), { recursive: true })],
    ["the user's files changed", (copy) => copy.write({ "untracked.txt": "" })],
    ["the user's stash changed", (copy) => copy.git("stash", "clear")],
    ["the user's index changed", (copy) => copy.git("reset", "--quiet")],
    ["git fsck", (copy) => copy.write({ ".git/refs/notes/broken": `${"1".repeat(40)}\n` })],
  ];
  for (const [expected, damage] of damages) {
    const copy = copyRepository(template);
    const plan = planFor(copy);
    damage(copy);
    expect(violationsAtRest(copy, plan).join("\n")).toContain(expected);
  }
});
