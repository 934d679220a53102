/** What a name on the command line means, and what a rename or a branch makes of it. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ExperimentsContext, experimentRef, openExperiments } from "../../../src/experiments/repository.ts";
import { branchFromExperiment } from "../../../src/experiments/results/branch.ts";
import { listFinished, resolveExperiment } from "../../../src/experiments/results/finished.ts";
import { chooseNamed, countBaselines } from "../../../src/experiments/results/named.ts";
import { renameExperiment } from "../../../src/experiments/results/rename.ts";
import type { ObjectId } from "../../../src/git/ids.ts";
import { openProject } from "../../../src/project/open.ts";
import { useEnvironment } from "../../git/repositories.ts";
import { makeRepository, type Repository } from "../../rig/index.ts";
import { finishExperiment, setCommitter } from "./finished.ts";

let made: Repository;
let repository: Repository;
let context: ExperimentsContext;
let head: ObjectId;
/** By baseline, from the oldest; the last is HEAD. */
let everywhere: readonly ObjectId[];
let single: ObjectId;

beforeAll(() => {
  made = makeRepository({ files: { x: "1" } });
  setCommitter(made);
  everywhere = ["1", "2", "3"].map((x) => {
    made.write({ x });
    if (x !== "1") made.commit(x);
    if (x === "2") single = finishExperiment(made, "single");
    if (x !== "3") finishExperiment(made, "older");
    return finishExperiment(made, "everywhere");
  });
  head = made.git("rev-parse", "HEAD").trim() as ObjectId;
});
beforeEach(() => {
  repository = made.copy();
  useEnvironment(repository);
  context = openExperiments(openProject(repository.folder));
});

const commitOf = async (name: string) => (await resolveExperiment(context, name)).commit;
const exists = (ref: string) => repository.git("for-each-ref", ref).trim() !== "";

describe("a name", () => {
  test("of HEAD's baseline wins, one of a single other baseline needs no more", async () => {
    expect(await commitOf("everywhere")).toBe(everywhere.at(-1));
    expect(await commitOf("single")).toBe(single);
  });

  test("of several other baselines is refused with the refs to choose from, each of which is taken", async () => {
    const refused = await resolveExperiment(context, "older").catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "NAME_AMBIGUOUS" });
    const refs = String((refused as Error).message).match(/refs\/exps\/\S+/g) ?? [];
    expect(refs).toHaveLength(2);
    const commits = await Promise.all(refs.map(commitOf));
    expect(new Set(commits).size).toBe(2);
  });

  test("may be the beginning of a commit id", async () => {
    expect(await commitOf(single.slice(0, 12))).toBe(single);
  });

  test.each(["none", "refs/exps/none", "0000", "HEAD"])("%s is no experiment's", async (name) => {
    await expect(resolveExperiment(context, name)).rejects.toMatchObject({ code: "NOT_AN_EXPERIMENT" });
  });

  test("means the same for commands that take several, and none of it is an empty answer", async () => {
    const all = { finished: await listFinished(context), entries: [] };
    const [first, second, third] = chooseNamed(all, ["everywhere", single.slice(0, 10), "none"], head);
    expect(first?.finished.map(({ commit }) => commit)).toEqual([everywhere.at(-1)]);
    expect(second?.finished.map(({ name }) => name)).toEqual(["single"]);
    expect(third?.finished).toEqual([]);
    expect(() => chooseNamed(all, ["older"], head)).toThrow(expect.objectContaining({ code: "NAME_AMBIGUOUS" }));
    expect(await countBaselines(context, "everywhere")).toBe(3);
  });
});

describe("rename", () => {
  const rename = (from: string, to: string, taken: "refuse" | "replace" = "refuse") =>
    renameExperiment(context, { from, to, taken });

  test("moves the ref below its own baseline, the commit stays", async () => {
    expect(await rename("single", "best")).toEqual({ kind: "renamed", from: "single" });
    expect(await commitOf("best")).toBe(single);
    await expect(resolveExperiment(context, "single")).rejects.toMatchObject({ code: "NOT_AN_EXPERIMENT" });
  });

  test("to a name of the same baseline is refused, or replaces it", async () => {
    await expect(rename("single", "older")).rejects.toMatchObject({ code: "NAME_TAKEN" });
    expect(await commitOf("single")).toBe(single);
    await rename("single", "older", "replace");
    expect(await countBaselines(context, "single")).toBe(0);
    expect((await listFinished(context)).filter(({ commit }) => commit === single)).toHaveLength(1);
  });

  test("to a name of another baseline, or its own, takes nothing away", async () => {
    expect(await rename("single", "single")).toEqual({ kind: "same name" });
    const before = (await listFinished(context)).length;
    finishExperiment(repository, "only-here");
    await rename("only-here", "older");
    expect(await countBaselines(context, "older")).toBe(3);
    expect(await listFinished(context)).toHaveLength(before + 1);
  });

  test.each(["a/b", "..", "-x", "a b", ""])("to %j is refused", async (to) => {
    await expect(rename("single", to)).rejects.toMatchObject({ name: "SweeplineError" });
    expect(exists(experimentRef(head, "single"))).toBe(false);
    expect(await commitOf("single")).toBe(single);
  });
});

describe("a branch", () => {
  test("lies at the experiment's commit, by a name of its own", async () => {
    expect(await branchFromExperiment(context, "single")).toBe("single-branch");
    expect(repository.git("rev-parse", "single-branch").trim()).toBe(single);
    expect(await branchFromExperiment(context, "single", "mine")).toBe("mine");
  });

  test("that is there is left where it is", async () => {
    const before = repository.git("rev-parse", "main").trim();
    await expect(branchFromExperiment(context, "single", "main")).rejects.toMatchObject({ code: "BRANCH_EXISTS" });
    expect(repository.git("rev-parse", "main").trim()).toBe(before);
  });

  test.each(["@", "a..b", "-x", "a b"])("can't be called %j", async (branch) => {
    await expect(branchFromExperiment(context, "single", branch)).rejects.toMatchObject({ code: "BAD_BRANCH" });
  });
});
