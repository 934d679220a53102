/** Which file an entry of a defaults list names, and where its content goes: Hydra 1.3's rules as tables. */
import { describe, expect, test } from "vitest";
import {
  type Base,
  configPath,
  type FileEntry,
  finalPackage,
  groupPath,
  isInterpolated,
  optionOf,
  overrideKey,
  place,
} from "../../src/config/placed.ts";

const top: Base = { folder: "", package: "" };
const server: Base = { folder: "server", package: "server" };

const group = (name: string, value: string | null, packageName: string | null = null): FileEntry => ({
  kind: "group",
  group: name,
  value,
  package: packageName,
  optional: false,
  override: false,
});
const config = (path: string, packageName: string | null = null): FileEntry => ({
  kind: "config",
  path,
  package: packageName,
  optional: false,
});

test.each<[string, FileEntry, Base, string, string, string]>([
  ["db: mysql", group("db", "mysql"), top, "db", "db/mysql", "db"],
  ["a/b: c", group("a/b", "c"), top, "a/b", "a/b/c", "a.b"],
  ["in a group", group("db", "mysql"), server, "server/db", "server/db/mysql", "server.db"],
  ["/db: mysql in a group", group("/db", "mysql"), server, "db", "db/mysql", "server.db"],
  ["db@backup: mysql", group("db", "mysql", "backup"), top, "db", "db/mysql", "backup"],
  [
    "db@backup: mysql in a group",
    group("db", "mysql", "backup"),
    server,
    "server/db",
    "server/db/mysql",
    "server.backup",
  ],
  ["db@_global_: mysql in a group", group("db", "mysql", "_global_"), server, "server/db", "server/db/mysql", ""],
  ["db@_global_.x: mysql", group("db", "mysql", "_global_.x"), server, "server/db", "server/db/mysql", "x"],
  ["- base", config("base"), top, "", "base", ""],
  ["- base in a group", config("base"), server, "server", "server/base", "server"],
  ["- /base in a group", config("/base"), server, "", "base", "server"],
  ["- db/mysql", config("db/mysql"), top, "db", "db/mysql", "db"],
  ["- db/mysql@backup", config("db/mysql", "backup"), top, "db", "db/mysql", "backup"],
])("%s", (_name, entry, base, groupName, file, target) => {
  const placed = place(entry, base);
  expect([groupPath(placed), configPath(placed), finalPackage(placed, null)]).toEqual([groupName, file, target]);
});

describe("the package", () => {
  test.each<[string | null, FileEntry, Base, string]>([
    ["foo.bar", group("db", "mysql"), server, "foo.bar"],
    ["_global_", group("db", "mysql"), server, ""],
    ["_global_.x", group("db", "mysql"), server, "x"],
    ["foo", group("db", "mysql", "own"), server, "server.own"],
  ])("of a file with the header %j, unless the entry names one", (header, entry, base, target) => {
    expect(finalPackage(place(entry, base), header)).toBe(target);
  });

  test("takes the group's name for _group_", () => {
    expect(finalPackage(place(group("a/b", "c", "x._group_"), top), null)).toBe("x.a.b");
    expect(finalPackage(place(group("b", "c", "_group_.y"), { folder: "a", package: "a" }), null)).toBe("a.b.y");
  });
});

test.each<[FileEntry, Base, string]>([
  [group("db", "mysql"), top, "db"],
  [group("db", "mysql"), server, "server/db"],
  [group("db", "mysql", "backup"), top, "db@backup"],
  [group("db", "mysql", "_global_"), top, "db@_global_"],
  [group("/db", "mysql"), server, "db@server.db"],
])("a group is overridden by its name, with the package where that is another: %j", (entry, base, key) => {
  expect(overrideKey(place(entry, base))).toBe(key);
});

test("an option is a name, nothing, or an interpolation", () => {
  expect([optionOf(group("db", "mysql")), optionOf(group("db", null)), optionOf(config("a/b"))]).toEqual([
    "mysql",
    null,
    "b",
  ]);
  expect([isInterpolated(group("db", "a_$" + "{x}")), isInterpolated(config("a$" + "{x}"))]).toEqual([true, true]);
  expect([isInterpolated(group("db", "a")), isInterpolated(group("db", null))]).toEqual([false, false]);
});
