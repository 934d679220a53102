import { expect, test } from "vitest";
import { openRepository } from "../../src/git/repository.ts";
import { gitSettings } from "../../src/git/settings.ts";
import { makeRepository } from "../rig/index.ts";

test("the settings below a section, the last of each", async () => {
  const made = makeRepository({ files: { x: "" } });
  const repository = openRepository(made.folder);
  expect(await gitSettings(repository, "exp.show")).toEqual(new Map());
  made.git("config", "exp.show.sortBy", "one\ntwo");
  made.git("config", "--add", "exp.show.columns", "a");
  made.git("config", "--add", "exp.show.columns", "b");
  made.git("config", "expxshow.other", "c");
  expect(await gitSettings(repository, "exp.show")).toEqual(
    new Map([
      ["sortby", "one\ntwo"],
      ["columns", "b"],
    ]),
  );
});
