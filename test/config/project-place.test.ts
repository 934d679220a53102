/** Where the settings of a project say that its config tree lies. */
import { describe, expect, test } from "vitest";
import { openConfigs } from "../../src/config/project-config.ts";
import { configPlace, enabledPlace, settingNeedsPython } from "../../src/config/project-place.ts";
import type { Project } from "../../src/project/project.ts";

const project = (settings: Readonly<Record<string, string>>, root = "/project"): Pick<Project, "root" | "config"> => {
  const config = { get: (name: string) => settings[name] };
  return { root, config } as unknown as Project;
};

describe("the place", () => {
  test("is conf/config.yaml, or what the settings say", () => {
    expect(configPlace(project({}), {})).toMatchObject({
      folder: "/project/conf",
      shown: "conf",
      configName: "config",
    });
    const settings = { "hydra.config_dir": "settings/all", "hydra.config_name": "main" };
    expect(configPlace(project(settings), {})).toMatchObject({
      folder: "/project/settings/all",
      shown: "settings/all",
      configName: "main",
      workingFolder: "/project",
    });
  });

  test.each([
    ["true", true],
    ["True", true],
    ["false", false],
    ["1", false],
    ["", false],
  ])("is switched on by hydra.enabled = true alone: %j", (setting, isOn) => {
    expect(enabledPlace(project({ "hydra.enabled": setting }), {}) !== undefined).toBe(isOn);
  });

  test.each(["hydra.config_module", "hydra.plugins_path"])("with %s is refused: it needs Python", (setting) => {
    expect(() => configPlace(project({ [setting]: "x" }), {})).toThrow(
      expect.objectContaining({ code: "CONFIG_NEEDS_PYTHON" }),
    );
    expect(settingNeedsPython(setting)).toMatchObject({ code: "CONFIG_NEEDS_PYTHON" });
  });

  test("no other setting needs Python; a folder that is not there is refused", () => {
    expect(settingNeedsPython("hydra.config_dir")).toBeUndefined();
    expect(() => openConfigs(configPlace(project({}, "/nowhere"), {}))).toThrow(
      expect.objectContaining({ code: "CONFIG_FOLDER_MISSING" }),
    );
  });
});
