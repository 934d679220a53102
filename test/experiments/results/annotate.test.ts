/** What is said of experiments by their names: all of it or none, and only of experiments that there are. */
import { beforeAll, beforeEach, expect, test } from "vitest";
import { readNotes } from "../../../src/experiments/notes/store.ts";
import { type ExperimentsContext, openExperiments } from "../../../src/experiments/repository.ts";
import { noteExperiment, starExperiments, tagExperiment } from "../../../src/experiments/results/annotate.ts";
import { openProject } from "../../../src/project/open.ts";
import { useEnvironment } from "../../git/repositories.ts";
import { makeRepository, type Repository } from "../../rig/index.ts";
import { finishExperiment, setCommitter } from "./finished.ts";

let made: Repository;
let context: ExperimentsContext;

beforeAll(() => {
  made = makeRepository({ files: { x: "" } });
  setCommitter(made);
  finishExperiment(made, "one");
  finishExperiment(made, "two");
});
beforeEach(() => {
  const repository = made.copy();
  useEnvironment(repository);
  context = openExperiments(openProject(repository.folder));
});

const starred = async () => [...(await readNotes(context.repository)).values()].map(({ note }) => note.starred);

test("a note is written, told without being changed, and removed; tags and star stay", async () => {
  await tagExperiment(context, "one", { add: ["b", "a", "b"], remove: [] });
  const written = { text: "the best", tags: ["a", "b"], starred: false };
  expect(await noteExperiment(context, "one", "the best")).toEqual(written);
  expect(await noteExperiment(context, "one", undefined)).toEqual(written);
  expect(await noteExperiment(context, "one", "")).toEqual({ ...written, text: "" });
  expect(await noteExperiment(context, "two", undefined)).toEqual({ text: "", tags: [], starred: false });
});

test("a tag that is put on and taken off at once is off", async () => {
  expect((await tagExperiment(context, "one", { add: ["a", "b"], remove: ["b"] })).tags).toEqual(["a"]);
  expect((await tagExperiment(context, "one", { add: [], remove: ["a", "none"] })).tags).toEqual([]);
});

test("what can't be a tag is refused before anything is written", async () => {
  const refused = tagExperiment(context, "one", { add: ["fine", "no tag"], remove: [] });
  await expect(refused).rejects.toMatchObject({ code: "BAD_OPTIONS", message: "'no tag' can't be a tag" });
  expect(await starred()).toEqual([]);
});

test("of several experiments all get a star, or none where one is not there", async () => {
  await expect(starExperiments(context, ["one", "no"], "give")).rejects.toMatchObject({ code: "NOT_AN_EXPERIMENT" });
  expect(await starred()).toEqual([]);
  await starExperiments(context, ["one", "two"], "give");
  expect(await starred()).toEqual([true, true]);
  await starExperiments(context, ["one", "two"], "take");
  expect(await starred()).toEqual([false, false]);
});
