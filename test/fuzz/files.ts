/** Files that come with a clone, each by the structure that its format has. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are templates of dvc.yaml
import fc from "fast-check";
import type { Change } from "./change.ts";
import { anyValue, damaged, hash, hostileName, jsonText, mostly, name, shape, yamlText } from "./values.ts";

const size = mostly(fc.constantFrom(0, 2, 4, -1, 1e15));
const url = fc.oneof(
  hostileName,
  fc.constantFrom("../../store", "../canary", "/nowhere", "s3://bucket/path", "ssh://-oProxyCommand=x/y"),
);

const output = shape({
  path: mostly(name, 30),
  md5: mostly(fc.oneof(hash, fc.constant("@DIR0@")), 30),
  hash: mostly(fc.constantFrom("md5", "sha256", "")),
  size,
  nfiles: size,
  isexec: mostly(fc.boolean()),
  cache: mostly(fc.boolean()),
  persist: mostly(fc.boolean()),
  push: mostly(fc.boolean()),
  remote: mostly(fc.constantFrom("store", "none", "")),
  desc: mostly(hostileName),
  type: mostly(hostileName),
  labels: anyValue,
  meta: anyValue,
  files: mostly(fc.array(shape({ relpath: name, md5: hash, size }), { maxLength: 3 })),
  cloud: anyValue,
  version_id: anyValue,
  etag: anyValue,
});

const needed = fc.record({ path: name, md5: fc.oneof(hash, fc.constant("@DIR0@")) });
const someOutput = fc.oneof(
  fc.tuple(needed, output).map(([one, other]) => ({ ...other, ...one })),
  output,
);

export const dvcData = shape({
  outs: mostly(fc.array(mostly(someOutput, 20), { maxLength: 3 }), 30),
  deps: mostly(fc.array(mostly(someOutput), { maxLength: 2 })),
  md5: mostly(hash),
  wdir: mostly(name),
  frozen: mostly(fc.boolean()),
  meta: anyValue,
  desc: anyValue,
  cmd: mostly(hostileName),
});

const dvcFile = yamlText(mostly(dvcData, 30)).map((text): Change => ({ files: { "file.txt.dvc": text } }));

const dirText = jsonText(
  mostly(
    fc.array(
      mostly(
        shape({ md5: fc.oneof(hash, fc.constant("@FILE@")), relpath: mostly(name, 20), size, isexec: fc.boolean() }),
        20,
      ),
      {
        maxLength: 6,
      },
    ),
    20,
  ),
);

const dirObject = dirText.map(
  (text): Change => ({
    dirs: [text],
    files: { "data.dvc": JSON.stringify({ outs: [{ md5: "@DIR0@", hash: "md5", path: "data" }] }) },
  }),
);

const stageLock = shape({
  cmd: mostly(fc.oneof(hostileName, fc.array(hostileName, { maxLength: 2 }))),
  deps: mostly(fc.array(mostly(someOutput), { maxLength: 2 })),
  params: mostly(fc.dictionary(name, anyValue, { maxKeys: 2 })),
  outs: mostly(fc.array(mostly(someOutput), { maxLength: 3 })),
});

const lockFile = yamlText(
  mostly(
    shape({
      schema: mostly(fc.constantFrom("2.0", "1.0", 2)),
      stages: mostly(
        fc.dictionary(fc.oneof(fc.constantFrom("copy", "each@1"), hostileName), mostly(stageLock, 20), { maxKeys: 2 }),
        20,
      ),
      datasets: anyValue,
    }),
    20,
  ),
).map((text): Change => ({ files: { "dvc.lock": text } }));

const template = fc.constantFrom(
  "${x}",
  "${item}",
  "${item.a}",
  "${key}",
  "${",
  "${${x}}",
  "${x[0]}",
  "${nothing}",
  "\\${x}",
  "${".repeat(500),
);
const word = fc.oneof(name, template);
const flags = shape({
  cache: mostly(fc.boolean()),
  persist: fc.boolean(),
  push: fc.boolean(),
  remote: hostileName,
  desc: anyValue,
});
const outs = mostly(fc.array(fc.oneof(word, fc.dictionary(word, mostly(flags), { maxKeys: 2 })), { maxLength: 3 }));
const command = fc.oneof(fc.constantFrom("sh stage.sh", "touch ../canary/ran", "exit 1"), word);

const stage = shape({
  cmd: mostly(fc.oneof(command, fc.array(command, { maxLength: 2 })), 20),
  deps: mostly(fc.array(word, { maxLength: 3 })),
  outs,
  metrics: outs,
  plots: outs,
  params: mostly(
    fc.array(fc.oneof(word, fc.dictionary(word, fc.array(word, { maxLength: 2 }), { maxKeys: 2 })), { maxLength: 3 }),
  ),
  wdir: mostly(word),
  frozen: mostly(fc.boolean()),
  always_changed: mostly(fc.boolean()),
  desc: anyValue,
  meta: anyValue,
  vars: mostly(fc.array(anyValue, { maxLength: 2 })),
});

const manyStages = shape({
  foreach: mostly(
    fc.oneof(
      fc.array(fc.oneof(word, anyValue), { maxLength: 4 }),
      fc.dictionary(hostileName, anyValue, { maxKeys: 3 }),
      template,
    ),
  ),
  do: stage,
  matrix: mostly(fc.dictionary(hostileName, fc.oneof(fc.array(anyValue, { maxLength: 3 }), template), { maxKeys: 3 })),
  cmd: command,
});

const pipelineFile = yamlText(
  mostly(
    shape({
      vars: mostly(fc.array(fc.oneof(word, anyValue), { maxLength: 3 })),
      stages: mostly(
        fc.dictionary(fc.oneof(fc.constantFrom("copy", "each"), hostileName), mostly(fc.oneof(stage, manyStages), 20), {
          maxKeys: 3,
        }),
        20,
      ),
      params: mostly(fc.array(word, { maxLength: 2 })),
      metrics: mostly(fc.array(word, { maxLength: 2 })),
      plots: mostly(fc.array(fc.oneof(word, fc.dictionary(word, anyValue, { maxKeys: 2 })), { maxLength: 2 })),
      artifacts: anyValue,
      datasets: anyValue,
    }),
    30,
  ),
).map((text): Change => ({ files: { "dvc.yaml": text } }));

const dataFile = fc
  .tuple(fc.constantFrom("params.yaml", "m.json", "sub/dvc.yaml", ".dvcignore", ".gitignore"), yamlText(anyValue))
  .map(([file, text]): Change => ({ files: { [file]: text } }));

const link = fc
  .tuple(
    fc.constantFrom(
      "link",
      "data/link",
      "sub",
      "out.txt",
      ".dvc/tmp",
      ".dvc/cache",
      "dvc.yaml",
      "file.txt.dvc",
      "params.yaml",
    ),
    fc.constantFrom(
      "../canary",
      "../canary/file.txt",
      "/dev/zero",
      "/dev/null",
      "/etc/passwd",
      ".",
      "..",
      "link",
      "nowhere",
      ".git",
    ),
  )
  .map(([file, target]): Change => ({ links: { [file]: target } }));

const setting = fc.tuple(
  fc.constantFrom(
    "remote",
    "autostage",
    "analytics",
    "cache.dir",
    "dir",
    "type",
    "url",
    "jobs",
    "credentialpath",
    "site_cache_dir",
    "git_remote",
    "hardlink_lock",
    "port",
    "password",
  ),
  fc.oneof(url, fc.constantFrom("store", "true", "no", "copy,symlink", "99999999999999999999", "-1", "%(x)s")),
);
const section = fc.constantFrom(
  "core",
  "cache",
  "exp",
  'remote "store"',
  "'remote \"store\"'",
  "parsing",
  "hydra",
  "state",
  "index",
  "",
  "feature",
  'remote ""',
);
const config = damaged(
  fc
    .array(fc.tuple(section, fc.array(setting, { maxLength: 3 })), { maxLength: 4 })
    .map((sections) =>
      sections
        .map(([head, lines]) => `[${head}]\n${lines.map(([key, value]) => `    ${key} = ${value}\n`).join("")}`)
        .join(""),
    ),
).chain((text) =>
  fc.constantFrom(".dvc/config", ".dvc/config.local").map((file): Change => ({ files: { [file]: text } })),
);

/** The kinds of files, by name. */
export const files: Readonly<Record<string, fc.Arbitrary<Change>>> = {
  ".dvc files": dvcFile,
  "dvc.lock": lockFile,
  "dvc.yaml": pipelineFile,
  "dir objects": dirObject,
  "other files": dataFile,
  links: link,
  configuration: config,
};
