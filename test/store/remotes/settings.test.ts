/** Remotes in config files, without a command: each change at its level, checked before it is written. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, expect, test } from "vitest";
import { dvcConfigPlace } from "../../../src/project/config-place.ts";
import {
  addRemote,
  defaultRemoteAt,
  listRemotes,
  modifyRemote,
  removeRemote,
  setDefaultRemote,
} from "../../../src/store/remotes/settings.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

let root: string;

const seeker = () => ({
  cwd: root,
  env: {
    HOME: root,
    DVC_GLOBAL_CONFIG_DIR: path.join(root, "global"),
    DVC_SYSTEM_CONFIG_DIR: path.join(root, "system"),
  },
});
const project = () => dvcConfigPlace(seeker(), "project");
const local = () => dvcConfigPlace(seeker(), "local");
const text = (name: string) => readFileSync(path.join(root, name), "utf8");

beforeEach(() => {
  root = makeTemporaryFolder();
  mkdirSync(path.join(root, ".dvc"));
  writeFileSync(path.join(root, ".dvc", "config"), "");
});

test("a name is in lower case, a folder relative to its file, and a name that is taken is refused without a change", () => {
  addRemote(project(), { name: "Store", url: "../store", makesDefault: true, existing: "refuse" });
  const before = text(".dvc/config");
  expect(before).toBe("[core]\n    remote = store\n['remote \"store\"']\n    url = ../../store\n");
  const again = { name: "STORE", url: "/elsewhere", makesDefault: false };
  expect(() => addRemote(project(), { ...again, existing: "refuse" })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", exitCode: 251 }),
  );
  expect(text(".dvc/config")).toBe(before);
  addRemote(project(), { ...again, existing: "replace" });
  expect(listRemotes(seeker(), undefined)).toEqual([{ name: "store", url: "/elsewhere", default: true }]);
});

test("the default goes with its remote at every level above", () => {
  addRemote(project(), { name: "a", url: "/a", makesDefault: false, existing: "refuse" });
  addRemote(project(), { name: "b", url: "/b", makesDefault: false, existing: "refuse" });
  setDefaultRemote(local(), "a");
  expect(defaultRemoteAt(local())).toBe("a");
  expect(defaultRemoteAt(project())).toBeUndefined();
  removeRemote(project(), "a");
  expect(defaultRemoteAt(local())).toBeUndefined();
  expect(listRemotes(seeker(), "project").map(({ name }) => name)).toEqual(["b"]);
});

test("a change says whether the option changes anything for that kind of remote", () => {
  addRemote(project(), { name: "a", url: "/a", makesDefault: false, existing: "refuse" });
  const change = (option: string, value: string | undefined) => modifyRemote(project(), { name: "A", option, value });
  expect(change("JOBS", "3")).toEqual({ name: "a", option: "jobs", hasEffect: true });
  expect(change("verify", "true")).toEqual({ name: "a", option: "verify", hasEffect: false });
  expect(change("verify", undefined)).toEqual({ name: "a", option: "verify", hasEffect: true });
  expect(text(".dvc/config")).toBe("['remote \"a\"']\n    url = /a\n    jobs = 3\n");
  expect(() => change("jobs", "many")).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  expect(text(".dvc/config")).toContain("jobs = 3\n");
});

test("what is not there can be neither changed, nor made the default, nor removed", () => {
  const code = expect.objectContaining({ code: "CONFIG_INVALID" });
  expect(() => modifyRemote(project(), { name: "no", option: "url", value: "/x" })).toThrow(code);
  expect(() => setDefaultRemote(project(), "no")).toThrow(code);
  expect(() => removeRemote(project(), "no")).toThrow(code);
  expect(text(".dvc/config")).toBe("");
});

test("credentials of a URL are not listed", () => {
  addRemote(project(), { name: "a", url: "https://me:secret@host/x", makesDefault: false, existing: "refuse" });
  expect(listRemotes(seeker(), undefined)[0]?.url).not.toContain("secret");
  expect(text(".dvc/config")).toContain("secret");
});
