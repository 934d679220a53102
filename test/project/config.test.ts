import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDvcConfig } from "../../src/project/config.ts";
import { parseOptionName, removeSection, setOption, unsetOption } from "../../src/project/config-edit.ts";
import { formatIniValue, parseIni } from "../../src/project/ini.ts";
import { findGitRoot, openProject } from "../../src/project/open.ts";
import { type Files, makeRepository, makeTemporaryFolder } from "../rig/index.ts";

function open(files: Files, env: Readonly<Record<string, string>> = {}) {
  const repository = makeRepository({ files, git: false });
  return { repository, open: () => openProject(repository.folder, { ...repository.env, ...env }) };
}

describe("openProject", () => {
  it("finds the project from a folder below, and its Git root", () => {
    const repository = makeRepository({ files: { "sub/deep/x": "" } });
    const project = openProject(path.join(repository.folder, "sub/deep"), repository.env);
    expect(project).toMatchObject({
      root: repository.folder,
      gitRoot: repository.folder,
      cacheDir: path.join(repository.folder, ".dvc/cache"),
      tmpDir: path.join(repository.folder, ".dvc/tmp"),
    });
    expect(project.config.cacheTypes).toEqual(["reflink", "copy"]);
  });

  it("resolves links on the way", () => {
    const repository = makeRepository();
    const link = path.join(repository.root, "link");
    symlinkSync(repository.folder, link);
    expect(openProject(link, repository.env).root).toBe(repository.folder);
  });

  it("takes a file `.git` (a linked work tree) for a Git root too", () => {
    const folder = makeTemporaryFolder();
    writeFileSync(path.join(folder, ".git"), "gitdir: elsewhere\n");
    mkdirSync(path.join(folder, "sub"));
    expect(findGitRoot(path.join(folder, "sub"))).toBe(folder);
  });

  it("fails with 253 outside of a project", () => {
    expect(() => openProject(makeTemporaryFolder(), {})).toThrow(
      expect.objectContaining({ code: "NOT_A_PROJECT", exitCode: 253 }),
    );
  });

  it("merges the levels, the local one last", () => {
    const system = makeTemporaryFolder();
    const global = makeTemporaryFolder();
    writeFileSync(path.join(system, "config"), "[core]\nremote = s\nautostage = true\n[cache]\ntype = copy\n");
    writeFileSync(path.join(global, "config"), "[cache]\ntype = hardlink\n");
    const project = open(
      { ".dvc/config": "['remote \"s\"']\n    url = ../store\n", ".dvc/config.local": "[cache]\n    dir = ../../cc\n" },
      { DVC_SYSTEM_CONFIG_DIR: system, DVC_GLOBAL_CONFIG_DIR: global },
    );
    const { config, cacheDir } = project.open();
    expect(config.autostage).toBe(true);
    expect(config.cacheTypes).toEqual(["hardlink"]);
    expect(config.remotes).toEqual(["s"]);
    expect(config.get("remote.s.url")).toBe(path.join(project.repository.folder, "store"));
    expect(cacheDir).toBe(path.join(project.repository.root, "cc"));
  });

  it.each([
    ["[core]\n    nosuch = 1\n", "extra keys not allowed @ data['core']['nosuch']"],
    ["[nosuch]\n    a = 1\n", "extra keys not allowed @ data['nosuch']"],
    ["[cache]\n    type = hardlink, quick\n", "Unsupported cache type(s): quick"],
    ["[core]\n    autostage = maybe\n", "expected true or false"],
    ["[exp]\n    __proto__ = 1\n", "extra keys not allowed"],
    [
      "['remote \"r\"']\n    url = s3://b/x\n    profil = me\n",
      "extra keys not allowed @ data['remote']['r']['profil']",
    ],
    ["['remote \"r\"']\n    url = ssh://h/x\n    port = many\n", "expected int"],
    ["['remote \"r\"']\n    url = https://h/x\n    auth = none\n", "expected one of basic, digest, custom"],
    [
      "['remote \"r\"']\n    url = ftp://h/x\n",
      "Unsupported URL type ftp:// for dictionary value @ data['remote']['r']",
    ],
    ["this is no ini\n", "line 1 is neither a section nor an option"],
  ])("refuses %j with 251", (text, message) => {
    const project = open({ ".dvc/config": text });
    expect(() => project.open()).toThrow(expect.objectContaining({ exitCode: 251 }));
    expect(() => project.open()).toThrow(message);
  });
});

it("takes the options of each service", () => {
  const remotes = {
    s3: "endpointurl = http://127.0.0.1:9000\n    access_key_id = a\n    read_timeout = 3",
    gs: "projectname = p\n    credentialpath = c.json",
    ssh: "user = u\n    port = 22\n    keyfile = k\n    gss_auth = true",
    azure: "account_name = a\n    sas_token = s",
    gdrive: "gdrive_client_id = i\n    gdrive_use_service_account = false",
    webdavs: "user = u\n    timeout = 3\n    ssl_verify = ca.pem",
    https: "auth = digest\n    connect_timeout = 0.5",
    remote: "whatever = x",
  };
  const text = Object.entries(remotes).map(
    ([scheme, options]) => `['remote "${scheme}"']\n    url = ${scheme}://host/x\n    ${options}\n    jobs = 2\n`,
  );
  expect(open({ ".dvc/config": text.join("") }).open().config.remotes).toEqual(Object.keys(remotes));
});

describe("the ini dialect", () => {
  it("reads quotes, lists, comments and named sections", () => {
    const text = `# top\n[core]\n  remote = "a # b" # comment\n\n['remote "x"']\nurl = 'it"s'\nlist = a, "b, c"\n`;
    const sections = parseIni(text, "config");
    expect(sections.map((section) => [section.name, section.options.map((each) => each.value)])).toEqual([
      ["", []],
      ["core", ["a # b"]],
      ['remote "x"', ['it"s', ["a", "b, c"]]],
    ]);
  });

  it("reads back each value that it writes", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const usable = value === value.trim() || !/[\n\r]/.test(value);
        fc.pre(
          usable && !/[\n\r\v\f\u2028\u2029]/.test(value) && !/["']{3}/.test(value) && !/^["'].*["']$/.test(value),
        );
        fc.pre(!(value.includes('"') && value.includes("'")));
        const [section] = parseIni(`k = ${formatIniValue(value)}\n`, "config");
        expect(section?.options[0]?.value).toBe(value);
      }),
    );
  });
});

describe("changes of a config file", () => {
  const core = { section: "core", option: "remote" };

  it("have the bytes that DVC writes", () => {
    let text = setOption("", { section: 'remote "st"', option: "url" }, "../../store");
    text = setOption(text, core, "st");
    text = setOption(text, { section: "cache", option: "type" }, "hardlink,symlink");
    text = setOption(text, { section: 'remote "s3"', option: "url" }, "s3://b/k");
    expect(text).toBe(
      `[core]\n    remote = st\n[cache]\n    type = "hardlink,symlink"\n['remote "st"']\n    url = ../../store\n['remote "s3"']\n    url = s3://b/k\n`,
    );
  });

  it("keep comments and blank lines", () => {
    const text = "# mine\n[core]\n    # why\n    remote = a\n\n[cache]\n    type = copy\n";
    expect(setOption(text, core, "b")).toBe(text.replace("= a", "= b"));
    expect(unsetOption(text, { section: "cache", option: "type" })).toBe(text.slice(0, text.indexOf("[cache]")));
  });

  it("remove an option or a section, and say when there is none", () => {
    const text = "[core]\n    remote = a\n['remote \"a\"']\n    url = x\n";
    expect(unsetOption(text, { section: "core", option: "nosuch" })).toBeUndefined();
    expect(removeSection(text, 'remote "a"')).toBe("[core]\n    remote = a\n");
    expect(removeSection(text, 'remote "b"')).toBeUndefined();
  });

  it("name options as DVC does", () => {
    expect(parseOptionName("Core.Remote")).toEqual(core);
    expect(parseOptionName("remote.X.url")).toEqual({ section: 'remote "x"', option: "url" });
    expect(parseOptionName("nodot")).toBeUndefined();
  });

  it("are read again", () => {
    const file = path.join(makeTemporaryFolder(), "config");
    writeFileSync(file, setOption("", { section: 'remote "a"', option: "url" }, "x, # y"));
    expect(readDvcConfig(file).get("remote.a.url")).toBe("x, # y");
    expect(readFileSync(file, "utf8")).toContain('"x, # y"');
  });
});

it.each([
  ["blanks and no option", `${"\t".repeat(3000)}x`],
  ["blanks within quotes", `${"\t".repeat(1000)}"${"\t".repeat(1000)}x${"\t".repeat(1000)}`],
  ["blanks before the equals sign", `x${" ".repeat(9000)}`],
  ["a line of a megabyte", `[a${" ".repeat(1_000_000)}x`],
])("a line of %s is refused at once", (_what, line) => {
  expect(() => parseIni(`[core]\n${line}\n`, "config")).toThrow("line 2 is neither");
});
