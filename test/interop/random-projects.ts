/** Random projects for both tools: parameters of all kinds in four formats, templates, generated stages, folders, lists of commands. */
import fc from "fast-check";
import type { Files } from "../rig/index.ts";

/** Words that YAML could take for something else, or that need quotes, escapes or folding. */
const words = [
  "alpha",
  "b c",
  "it's",
  'say "hi"',
  "yes",
  "on",
  "null",
  "~",
  "0x10",
  "0o17",
  "012",
  "1_000",
  "1e5",
  "-3",
  "",
  "- x",
  "a: b",
  "#c",
  "x # y",
  "日本",
  "[x]",
  "*a",
  "!t",
  "%d",
  "@at",
  "`bt",
  "line1\nline2",
  "\ttab",
  "trail ",
  "2020-01-01",
  "12:30:45",
  "long ".repeat(30),
  "x".repeat(120),
  "a\\b",
  "\x01",
  "🙂",
  "---",
  ".inf",
];
// As they are written in JSON, YAML and DVC's lock files alike.
const numbers = ["0", "-1", "255", "9223372036854775808", "1.0", "0.1", "-0.0", "1e-07", "1e+17", "123456789.123"];

const quoted = fc.constantFrom(...words).map((word) => JSON.stringify(word));
const scalar = fc.oneof({ weight: 3, arbitrary: quoted }, fc.constantFrom(...numbers, "true", "false", "null"));
const flow = fc.letrec<{ value: string; list: string; map: string }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, { weight: 4, arbitrary: scalar }, tie("list"), tie("map")),
  list: fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
  map: fc
    .dictionary(fc.constantFrom("a", "lr", "x-y", "Z"), tie("value"), { maxKeys: 3 })
    .map((map) => `{${Object.entries(map).map(([key, text]) => `"${key}": ${text}`)}}`),
})).value;

const names = ["p1", "p2", "p3", "p4", "train"] as const;
const parameters = fc.tuple(...names.map(() => flow));
const rawName = fc.constantFrom("src.txt", "data dir/in.csv", "dät.bin");
const outFlags = fc.constantFrom("", ": {cache: false}", ": {persist: true}", ": {push: false, desc: d}");

/** One stage's facts; its name and its outputs are numbered later. */
const stage = fc.record({
  out: fc.constantFrom("out", "o d/x", "ö"),
  section: fc.constantFrom("outs", "metrics", "plots"),
  flags: outFlags,
  kind: fc.constantFrom("file", "folder", "executable"),
  cmd: fc.constantFrom("text", "list", "lines", "folded"),
  params: fc.subarray([...names, "conf.json", "conf.toml", "p.py"], { minLength: 1 }),
  wdir: fc.constantFrom("", "", "", "inner"),
  extra: fc.constantFrom("", "    always_changed: true\n", "    desc: some words\n", "    meta: {a: 1}\n"),
  needs: fc.constantFrom("source", "before", "both"),
});
type StageFacts = typeof stage extends fc.Arbitrary<infer T> ? T : never;

function commandsOf(facts: StageFacts, out: string): string[] {
  const parent = out.includes("/") ? [`mkdir -p '${out.slice(0, out.lastIndexOf("/"))}'`] : [];
  if (facts.kind === "folder") return [`mkdir -p '${out}/sub'`, `echo a > '${out}/é b'`, `echo b > '${out}/sub/b'`];
  const write = `echo made > '${out}'`;
  return facts.kind === "executable" ? [...parent, write, `chmod +x '${out}'`] : [...parent, write];
}

function commandText(facts: StageFacts, commands: readonly string[]): string {
  if (facts.cmd === "list") return JSON.stringify(commands);
  const long = [...commands, `echo '${"a word ".repeat(15)}' > /dev/null`];
  return JSON.stringify(
    facts.cmd === "lines" ? `${commands.join("\n")}\n` : (facts.cmd === "folded" ? long : commands).join(" && "),
  );
}

const others: Readonly<Record<string, string>> = { "conf.json": "", "conf.toml": "[sec, n]", "p.py": "[A, K.q]" };

function stageText(
  facts: StageFacts,
  index: number,
  source: string,
  before: string | undefined,
): readonly [string, string] {
  const up = facts.wdir === "" ? "" : "../";
  const out = `${facts.out}${index}`;
  const deps = [
    ...(facts.needs !== "before" || before === undefined ? [source] : []),
    ...(facts.needs !== "source" && before !== undefined ? [before] : []),
  ];
  const named = facts.params.filter((name) => others[name] === undefined);
  const params = [
    ...(named.length > 0 ? [`    - ${JSON.stringify(`${up}params.yaml`)}: [${named}]\n`] : []),
    ...facts.params.filter((name) => others[name] !== undefined).map((name) => `    - ${up}${name}: ${others[name]}\n`),
  ];
  const text = `  stage-${index}:
    cmd: ${commandText(facts, commandsOf(facts, out))}
${facts.wdir === "" ? "" : `    wdir: ${facts.wdir}\n`}    deps: ${JSON.stringify(deps.map((dep) => up + dep))}
    params:
${params.join("")}    ${facts.section}:
    - ${JSON.stringify(out)}${facts.flags}
${facts.extra}`;
  return [text, facts.wdir === "" ? out : `${facts.wdir}/${out}`];
}

const each = fc.constantFrom('["a", "b"]', "[1, 2.5, true]", '{x: {v: 1}, y: {v: "two words"}}', "[{v: 1}, {v: 2}]");
const matrixValues = fc.constantFrom("[1, 2]", "[0.1, 1e-05]", "[{n: 1, s: x}, {n: 2, s: y}]");

function generatedText(data: string, values: string): string {
  const item = data.includes("v:") ? `\${item.v}` : `\${item}`;
  const name = data.startsWith("{") ? `\${key}` : item;
  return `  each:
    foreach: ${data}
    do: {cmd: "echo ${item} > each_${name}", outs: ["each_${name}"]}
  grid:
    matrix: {m: [cnn, xgb], f: ${values}}
    cmd: echo \${item.m} \${item.f} \${key} \${v1} \${v2} > grid_\${key}
    outs: ["grid_\${key}"]
`;
}

/** The files of a project whose run succeeds. */
export const randomProject: fc.Arbitrary<Files> = fc
  .record({ parameters, source: rawName, stages: fc.array(stage, { minLength: 2, maxLength: 4 }), each, matrixValues })
  .map((facts) => {
    const texts: string[] = [];
    let before: string | undefined;
    facts.stages.forEach((each, index) => {
      const [text, made] = stageText(each, index, facts.source, before);
      texts.push(text);
      before = made;
    });
    const vars = "vars: [{v1: vv, v2: {n: 3, flag: true, l: [1, 2], no: false, s: it's x}}]\n";
    return {
      [facts.source]: "a\r\nb\n\u0000",
      "inner/keep": "",
      "params.yaml": names.map((name, index) => `${name}: ${facts.parameters[index]}\n`).join(""),
      "conf.json": `{"j1": ${facts.parameters[0]}, "j2": {"k": ${facts.parameters[1]}}}`,
      "conf.toml": 'n = 3\nf = 0.5\n[sec]\nx = [1, 2.0]\ny = "z"\n',
      "p.py": 'A = 1\nC = {"d": 0.1}\nclass K:\n    q = [1, "x"]\n',
      "dvc.yaml": `${vars}stages:\n${texts.join("")}${generatedText(facts.each, facts.matrixValues)}`,
    };
  });
