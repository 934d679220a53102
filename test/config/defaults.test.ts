/**
 * The resolved defaults list: which files, in which order, to which packages; and what is refused, in which words. The orders
 * are those of Hydra 1.3.8.
 */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are interpolations of configs
import { describe, expect, test } from "vitest";
import { type Defaults, resolveDefaults } from "../../src/config/defaults.ts";
import { configOverride } from "../../src/config/overrides.ts";
import { ConfigFiles } from "../../src/config/read.ts";
import { projectTree } from "../../src/config/search-path.ts";
import { MemoryTree } from "../../src/config/tree.ts";
import { expandPoints } from "../../src/sweep/expand.ts";

const groups = {
  "db/mysql.yaml": "port: 1\n",
  "db/sqlite.yaml": "port: 2\n",
  "server/apache.yaml": "defaults:\n- site: a\n- /db@store: mysql\nport: 80\n",
  "server/site/a.yaml": "x: a\n",
  "server/site/b.yaml": "x: b\n",
  "global.yaml": "# @package _global_\ng: 1\n",
  "db_mysql_quick.yaml": "both: 1\n",
};

interface Asked {
  readonly files?: Readonly<Record<string, string>>;
  readonly overrides?: readonly string[];
  readonly configName?: string | null;
  readonly notChosen?: "refuse" | "leave-out";
}

function resolved(
  list: readonly string[],
  { files = {}, overrides = [], configName = "config", ...rest }: Asked = {},
): Defaults {
  const lines = list.map((line) => `- ${line}\n`).join("");
  const config = lines === "" ? "own: 1\n" : `defaults:\n${lines}own: 1\n`;
  const tree = new MemoryTree(new Map(Object.entries({ ...groups, "config.yaml": config, ...files })));
  const [point] = expandPoints(overrides, { composed: "all" }).points;
  return resolveDefaults({
    files: new ConfigFiles(projectTree(tree)),
    configName,
    overrides: (point?.overrides ?? []).map(({ edit }) => configOverride(edit)),
    ...rest,
  });
}

/** `config > package`, without what Hydra itself brings. */
const shown = ({ list }: Defaults): readonly string[] =>
  list.filter(({ config }) => !config.startsWith("hydra/")).map((item) => `${item.config} > ${item.package}`);

const choicesOf = ({ choices }: Defaults): unknown =>
  Object.fromEntries([...choices].filter(([group]) => !group.startsWith("hydra/")));

describe("the order", () => {
  test.each<[what: string, list: readonly string[], asked: Asked, result: readonly string[]]>([
    ["a config without a list", [], {}, ["config > "]],
    ["its own values come last where the list does not say", ["db: mysql"], {}, ["db/mysql > db", "config > "]],
    ["or where _self_ stands", ["_self_", "db: mysql"], {}, ["config > ", "db/mysql > db"]],
    [
      "a list of a config of the list comes before it, packages within its own",
      ["server: apache"],
      {},
      ["server/site/a > server.site", "db/mysql > server.store", "server/apache > server", "config > "],
    ],
    ["several of one group", ["db: [sqlite, mysql]"], {}, ["db/sqlite > db", "db/mysql > db", "config > "]],
    ["a config without a group", ["global"], {}, ["global > ", "config > "]],
    ["nothing of a group that is null", ["db: null"], {}, ["config > "]],
    ["nothing of what is optional and not there", ["optional db: nope", "optional nope: [x, y]"], {}, ["config > "]],
    ["an override further down", ["db: mysql", "override db: sqlite"], {}, ["db/sqlite > db", "config > "]],
    [
      "an override into a list further in",
      ["server: apache", "override server/site: b"],
      {},
      ["server/site/b > server.site", "db/mysql > server.store", "server/apache > server", "config > "],
    ],
    [
      "one of the command line, by the package too",
      ["server: apache"],
      { overrides: ["server/site=b", "db@server.store=sqlite"] },
      ["server/site/b > server.site", "db/sqlite > server.store", "server/apache > server", "config > "],
    ],
    [
      "+group comes after the list",
      ["db: mysql"],
      { overrides: ["+server/site=b"] },
      ["db/mysql > db", "config > ", "server/site/b > server.site"],
    ],
    ["+group of several", [], { overrides: ["+db=[mysql,sqlite]"] }, ["config > ", "db/mysql > db", "db/sqlite > db"]],
    ["+group@_here_ goes to the top", [], { overrides: ["+db@_here_=mysql"] }, ["config > ", "db/mysql > "]],
    ["~group and ~group=option", ["db: mysql", "db@b: sqlite"], { overrides: ["~db", "~db@b=sqlite"] }, ["config > "]],
    ["~config", ["global", "db: mysql"], { overrides: ["~global"] }, ["db/mysql > db", "config > "]],
    [
      "a choice named by other choices, which are all made first",
      ["db_${db}_${mode}", "db: mysql", "mode: quick"],
      { files: { "mode/quick.yaml": "m: 1\n" } },
      ["db_mysql_quick > ", "db/mysql > db", "mode/quick > mode", "config > "],
    ],
    [
      "a group's option named so",
      ["db: mysql", "db@copy: ${db}"],
      {},
      ["db/mysql > db", "db/mysql > copy", "config > "],
    ],
    ["no config at all: what overrides bring", [], { configName: null, overrides: ["+db=mysql"] }, ["db/mysql > db"]],
    ["a group that is not chosen yet, before a sweep", ["db: ???"], { notChosen: "leave-out" }, ["config > "]],
  ])("%s", (_what, list, asked, result) => {
    expect(shown(resolved(list, asked))).toEqual(result);
  });

  test("Hydra's own comes before all, and its groups can be overridden", () => {
    const { list, choices } = resolved(["override hydra/launcher: joblib"]);
    expect(list[0]?.config.startsWith("hydra/")).toBe(true);
    expect(list.at(-1)).toMatchObject({ config: "config", isPrimary: true, parent: null });
    expect(choices.get("hydra/launcher")).toBe("joblib");
  });

  test("each says whose list brought it, and where a config's own content stands", () => {
    const { list } = resolved(["_self_", "server: apache"]);
    const facts = list
      .filter(({ config }) => !config.startsWith("hydra/"))
      .map(({ config, parent, isSelf, isPrimary }) => [config, parent, isSelf, isPrimary]);
    expect(facts).toEqual([
      ["config", null, true, true],
      ["server/site/a", "server/apache", false, false],
      ["db/mysql", "server/apache", false, false],
      ["server/apache", "config", true, false],
    ]);
  });

  test("what was chosen is known by group and package", () => {
    const asked = { overrides: ["+db=sqlite", "lr=1"] };
    const found = resolved(["server: apache", "server/site@x: null"], asked);
    expect(choicesOf(found)).toEqual({
      "server/site": "a",
      "db@server.store": "mysql",
      server: "apache",
      "server/site@x": null,
      db: "sqlite",
    });
    expect(found.valueOverrides.map(({ text }) => text)).toEqual(["lr=1"]);
  });
});

describe("refused", () => {
  test.each<[what: string, list: readonly string[], asked: Asked, code: string, message: string]>([
    ["no primary config", [], { configName: "nope" }, "CONFIG_MISSING", "Cannot find primary config 'nope'."],
    ["no such config", ["nope"], {}, "CONFIG_MISSING", "In 'config': Could not load 'nope'."],
    [
      "no such option, with those that there are",
      ["db: nope"],
      {},
      "CONFIG_MISSING",
      "In 'config': Could not find 'db/nope'\nAvailable options in 'db':\n\tmysql\n\tsqlite",
    ],
    ["no such group", ["nope: x"], {}, "CONFIG_MISSING", "In 'config': Could not find 'nope/x'"],
    [
      "a group that must be chosen",
      ["db: ???"],
      {},
      "CONFIG_NOT_CHOSEN",
      "You must specify 'db', e.g, db=<OPTION>\nAvailable options in 'db':\n\tmysql\n\tsqlite",
    ],
    ["a config that is ???", ["???"], {}, "CONFIG_NOT_CHOSEN", "'???': a config without a group cannot be '???'"],
    ["two _self_", ["_self_", "db: mysql", "_self_"], {}, "CONFIG_TWO_SELVES", "Duplicate _self_ defined in config"],
    [
      "a group twice",
      ["db: mysql", "db: mysql"],
      {},
      "CONFIG_LISTED_TWICE",
      "db appears more than once in the final defaults list",
    ],
    [
      "a group twice, chosen differently",
      ["db: mysql", "db: sqlite"],
      {},
      "CONFIG_CHOSEN_TWICE",
      "Multiple values for db: 'sqlite' and 'mysql'.",
    ],
    [
      "an override before what it overrides",
      ["override db: sqlite", "db: mysql"],
      {},
      "CONFIG_OVERRIDE_TOO_EARLY",
      "In config: Override 'db : sqlite' is defined before 'db: mysql'.\nOverrides must be at the end of the defaults list",
    ],
    [
      "an override before a config",
      ["db: mysql", "override db: sqlite", "global"],
      {},
      "CONFIG_OVERRIDE_TOO_EARLY",
      "In config: Override 'db : sqlite' is defined before 'global'.\nOverrides must be at the end of the defaults list",
    ],
    [
      "an override of nothing",
      ["override db: sqlite"],
      {},
      "CONFIG_GROUP_NOT_LISTED",
      "In 'config': Could not override 'db'. No match in the defaults list.",
    ],
    [
      "a choice that names no other",
      ["db_${nope}"],
      {},
      "CONFIG_BAD_CHOICE",
      "Error resolving interpolation 'db_${nope}', possible interpolation keys: ",
    ],
    [
      "an interpolation among several options",
      ["db: ['${server}', mysql]"],
      {},
      "CONFIG_BAD_OPTION",
      "In 'config': a list of options cannot hold the interpolation '${server}'",
    ],
    [
      "an override below an interpolated choice",
      ["server: null", "late: ${server/site}", "server/site: a"],
      { files: { "late/a.yaml": "defaults:\n- override /server: apache\n" } },
      "CONFIG_OVERRIDE_TOO_LATE",
      "In 'late/a': 'override server@late.server' cannot stand below an interpolated choice",
    ],
    [
      "lists that go round",
      ["a/one"],
      { files: { "a/one.yaml": "defaults: [two]\n", "a/two.yaml": "defaults: [one]\n" } },
      "CONFIG_CIRCLE",
      "the defaults lists include each other without end. They go round: a/two → a/one → a/two.",
    ],
    [
      "lists without end",
      ["a/x1"],
      {
        files: Object.fromEntries(
          Array.from({ length: 120 }, (_, at) => [`a/x${at}.yaml`, `defaults: [x${at + 1}]\n`]),
        ),
      },
      "CONFIG_CIRCLE",
      "the defaults lists include each other without end.",
    ],
    [
      "a way upwards",
      ["/../x"],
      {},
      "CONFIG_PARENT_TRAVERSAL",
      "In 'config': Parent traversal ('..') in a defaults list is not supported ('/../x').",
    ],
    [
      "a primary config upwards",
      [],
      { configName: "../config" },
      "CONFIG_PARENT_TRAVERSAL",
      "Parent traversal ('..') in a defaults list is not supported ('../config').",
    ],
  ])("%s", (_what, list, asked, code, message) => {
    expect(() => resolved(list, asked)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  test("a group that stands at the top: the hint writes it from there", () => {
    const files = { "server/apache.yaml": "defaults:\n- db: mysql\n" };
    expect(() => resolved(["server: apache"], { files })).toThrow(
      expect.objectContaining({
        message: expect.stringContaining("In 'server/apache': Could not find 'server/db/mysql'"),
        hint: expect.stringContaining("'/db: mysql' in its defaults list."),
      }),
    );
  });
});
