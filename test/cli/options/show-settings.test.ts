import { beforeAll, expect, test } from "vitest";
import { showSettings } from "../../../src/cli/options/show-settings.ts";
import { makeOpened, type Opened } from "../../git/repositories.ts";

let made: Opened;
beforeAll(() => {
  made = makeOpened();
});

test.each([
  ["precision", "x"],
  ["sortOrder", "up"],
  ["columns", ","],
])("exp.show.%s can't be %j", async (name, value) => {
  made.rig.git("config", `exp.show.${name}`, value);
  await expect(showSettings(made.opened)).rejects.toMatchObject({ code: "SETTING_INVALID" });
  made.rig.git("config", "--unset", `exp.show.${name}`);
  expect(await showSettings(made.opened)).toEqual({});
});
