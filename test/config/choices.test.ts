/** What overrides and lists choose for each group: whose word counts, and what is said where an override meets nothing. */
import { describe, expect, test } from "vitest";
import { Choices, concernsDefaults } from "../../src/config/choices.ts";
import { configOverride } from "../../src/config/overrides.ts";
import type { GroupEntry } from "../../src/config/placed.ts";
import { ConfigFiles } from "../../src/config/read.ts";
import { MemoryTree } from "../../src/config/tree.ts";
import type { ConfigOverride } from "../../src/config/types.ts";
import { expandPoints } from "../../src/sweep/expand.ts";

const files = new ConfigFiles(
  new MemoryTree(
    new Map([
      ["db/mysql.yaml", "port: 1\n"],
      ["db/sqlite.yaml", "port: 2\n"],
      ["base.yaml", "b: 1\n"],
    ]),
  ),
);

const overridesOf = (...texts: readonly string[]): readonly ConfigOverride[] =>
  (expandPoints(texts, { composed: "all" }).points[0]?.overrides ?? []).map(({ edit }) => configOverride(edit));
const choices = (...texts: readonly string[]): Choices => new Choices(files, overridesOf(...texts));

const db = (value: GroupEntry["value"], packageName: string | null = null) => ({
  entry: { kind: "group", group: "db", value, package: packageName, optional: false, override: false } as const,
  base: { folder: "", package: "" },
});
const base = {
  entry: { kind: "config", path: "base", package: null, optional: false } as const,
  base: { folder: "", package: "" },
};

describe("an override is about the defaults list", () => {
  test.each<[text: string, isAbout: boolean]>([
    ["db=mysql", true],
    ["+db=mysql", true],
    ["db=[mysql,sqlite]", true],
    ["db@copy=mysql", true],
    ["~db", true],
    ["~db=mysql", true],
    ["~base", true],
    ["~base=1", false],
    ["db={port:3}", false],
    ["db.port=3", false],
    ["lr=1", false],
  ])("%s: %j", (text, isAbout) => {
    expect(overridesOf(text).map((override) => concernsDefaults(files, override))).toEqual([isAbout]);
  });
});

describe("the option of an entry", () => {
  test.each<[what: string, overrides: readonly string[], value: GroupEntry["value"]]>([
    ["is its own", ["lr=1"], "mysql"],
    ["is what the command line says", ["db=sqlite"], "sqlite"],
    ["may be several", ["db=[sqlite,mysql]"], ["sqlite", "mysql"]],
    ["is its own where a package is named that it does not have", ["db@copy=sqlite"], "mysql"],
  ])("%s", (_what, overrides, value) => {
    expect(choices(...overrides).applied(db("mysql")).entry.value).toEqual(value);
  });

  test("the command line counts more than a list, an outer list more than an inner one", () => {
    const listed = choices();
    listed.addListed(db("outer"), { config: "config", isPrimary: true });
    listed.addListed(db("inner"), { config: "db/x", isPrimary: false });
    expect(listed.applied(db("own")).entry.value).toBe("outer");
    const asked = choices("db=sqlite");
    asked.addListed(db("outer"), { config: "config", isPrimary: true });
    expect(asked.applied(db("own")).entry.value).toBe("sqlite");
  });

  test("what +group appends is not changed by the primary list before it, but by a config after it", () => {
    const before = choices("+db=mysql");
    before.addListed(db("sqlite"), { config: "config", isPrimary: true });
    expect(before.applied(db("mysql")).entry.value).toBe("mysql");
    const after = choices("+db=mysql");
    after.addListed(db("sqlite"), { config: "exp/e", isPrimary: false });
    expect(after.applied(db("mysql")).entry.value).toBe("sqlite");
  });
});

describe("a deletion", () => {
  test("takes the entry of its group, with its option and package where it names them", () => {
    expect(choices("~db").deletes(db("mysql"))).toBe(true);
    expect(choices("~db=mysql").deletes(db("mysql"))).toBe(true);
    expect(choices("~db=sqlite").deletes(db("mysql"))).toBe(false);
    expect(choices("~db").deletes(db("mysql", "copy"))).toBe(false);
    expect(choices("~db@copy").deletes(db("mysql", "copy"))).toBe(true);
  });

  test("of a config takes it from the list; one that meets none is about a value", () => {
    const used = choices("~base");
    expect([used.deletes(base), used.valueOverrides]).toEqual([true, []]);
    const left = choices("~base", "~lr=1", "lr=2");
    expect(left.deletes(db("base"))).toBe(false);
    expect(left.valueOverrides.map(({ text }) => text)).toEqual(["~base", "~lr=1", "lr=2"]);
    left.checkAllUsed();
  });
});

describe("refused", () => {
  test.each<[text: string, code: string, message: string]>([
    ["++db=mysql", "CONFIG_GROUP_FORCED", "force-add of config groups is not supported: '++db=mysql'"],
    ["db=1", "CONFIG_BAD_OPTION", "'db=1': what a config group chooses is a name or a list of names, not 1"],
    ["db=[mysql,1]", "CONFIG_BAD_OPTION", "a name or a list of names, not ['mysql', 1]"],
    ["+db=null", "CONFIG_BAD_OPTION", "a name or a list of names, not None"],
    ["db=extend_list(a)", "CONFIG_BAD_OPTION", "what a config group chooses is a name"],
    ["~db=1", "CONFIG_BAD_OPTION", "'~db=1': the option of a group is a text"],
  ])("%s", (text, code, message) => {
    expect(() => choices(text)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });

  test("two entries of one group that choose differently", () => {
    const both = choices();
    both.remember(db("mysql"));
    both.remember(db("mysql"));
    expect(() => both.remember(db("sqlite"))).toThrow(
      expect.objectContaining({
        code: "CONFIG_CHOSEN_TWICE",
        message: "Multiple values for db: 'mysql' and 'sqlite'.",
        hint: expect.stringContaining("'override db: mysql'"),
      }),
    );
  });

  test.each<[text: string, known: readonly ReturnType<typeof db>[], message: string, hint: string | undefined]>([
    [
      "db=mysql",
      [],
      "Could not override 'db'. No match in the defaults list.",
      "To append to your defaults list use +db=mysql",
    ],
    ["db=[mysql,sqlite]", [], "No match in the defaults list.", "use +db=[mysql,sqlite]"],
    ["db=mysql", [db("x", "copy")], "Could not override 'db'.\nDid you mean to override db@copy?", "use +db=mysql"],
    ["db@z=a", [db("x", "b"), db("x", "a")], "Did you mean to override one of db@a, db@b?", "use +db@z=a"],
    ["~db", [], "Could not delete 'db'. No match in the defaults list", "'~db' deletes a group"],
    ["~db=mysql", [], "Could not delete 'db=mysql'. No match in the defaults list", "'~db=mysql' deletes a group"],
  ])("%s that meets no entry", (text, known, message, hint) => {
    const asked = choices(text);
    for (const placed of known) asked.remember(placed);
    expect(() => asked.checkAllUsed()).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message), hint: expect.stringContaining(hint ?? "") }),
    );
  });

  test("an override of the primary list for a group that only +group brings", () => {
    const asked = choices("+db=mysql");
    asked.addListed(db("sqlite"), { config: "config", isPrimary: true });
    asked.remember(asked.applied(db("mysql")));
    expect(() => asked.checkAllUsed()).toThrow(
      expect.objectContaining({
        message:
          "In 'config': Invalid Defaults List override 'db: sqlite'.\nNo earlier Group Default for 'db' exists to override.",
      }),
    );
  });
});
