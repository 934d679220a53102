/** Ten small projects as public repositories have them, made by hand: each has what real ones contain beside the plain case. */
import type { Files } from "../rig/index.ts";
import type { PeerStep } from "./peers.ts";

export interface PublicStyle {
  readonly name: string;
  readonly files: Files;
  /** An edit that changes what a stage depends on, in the folder of the commands. */
  readonly edit: Files;
  /** The folder of the commands. */
  readonly cwd?: string;
  /** Data that Git does not get, and the folder of it that is added first. */
  readonly data?: Files;
  readonly added?: string;
  /** Default: in a copy at once. */
  readonly runs?: "queue";
  /** What DVC does beforehand in the repository of both. */
  readonly prepared?: readonly PeerStep[];
  /** DVC can't read parameters in Python of a commit. */
  readonly diffs?: "metrics only";
  readonly override: string;
}

const dvcFiles = (folder = ""): Files => ({
  [`${folder}.dvc/config`]: "",
  [`${folder}.dvc/.gitignore`]: "/config.local\n/tmp\n/cache\n",
});

/** Two pipelines and a shared library in one repository; the second reads what the first makes. */
const monorepo: PublicStyle = {
  name: "a monorepo",
  files: {
    "services/prep/dvc.yaml":
      "stages:\n  clean:\n    cmd: sort ../../raw.csv > clean.csv\n    deps: [../../raw.csv, ../../lib/]\n    outs: [clean.csv]\n",
    "services/train/dvc.yaml":
      "stages:\n  fit:\n    cmd: cat ../prep/clean.csv params.yaml > model.txt\n    deps: [../prep/clean.csv]\n    params: [lr]\n    outs: [model.txt]\n",
    "services/train/params.yaml": "lr: 0.1\n",
    "lib/a.py": "x = 1\n",
    "raw.csv": "b,2\na,1\n",
    ...dvcFiles(),
  },
  edit: { "services/train/params.yaml": "lr: 0.2\n", "raw.csv": "c,3\na,1\n" },
  override: "services/train/params.yaml:lr=0.5",
};

const generated: PublicStyle = {
  name: "foreach and matrix",
  files: {
    "params.yaml": "models:\n  cnn: {units: 16, on: true}\n  xgb: {units: 4, on: false}\ncities: [us, 'new york']\n",
    "dvc.yaml": `vars:
- out: results
stages:
  fit:
    foreach: \${models}
    do:
      cmd: mkdir -p \${out} && echo \${item.units} \${item.on} > \${out}/\${key}.txt
      params:
      - models.\${key}
      outs:
      - \${out}/\${key}.txt
  city:
    foreach: [a, b]
    do:
      cmd: echo \${item} > city-\${item}
      outs: ['city-\${item}']
  grid:
    matrix:
      m: [cnn, xgb]
      f: [0.5, 1e-3]
    cmd: echo \${item.m} \${item.f} > g_\${item.m}_\${item.f}
    deps:
    - \${out}/\${item.m}.txt
    outs:
    - g_\${item.m}_\${item.f}
`,
    ...dvcFiles(),
  },
  edit: { "params.yaml": "models:\n  cnn: {units: 32, on: true}\n  xgb: {units: 4, on: false}\ncities: [us]\n" },
  override: "models.xgb.units=8",
  runs: "queue",
};

const pythonParams: PublicStyle = {
  name: "parameters in Python, TOML and JSON",
  files: {
    "src/config.py":
      "LR = 0.1\nLAYERS = (16, 8)\nclass Train:\n    epochs = 3\n    name: str = 'a'\n    def run(self):\n        return 1\n",
    "src/train.sh": "echo train\n",
    "conf.toml": "[a]\nb = 1.0 # kept\n",
    "conf.json": '{"deep": {"k": [1, 2]}, "flag": true}\n',
    "dvc.yaml": `params:
- conf.json
stages:
  train:
    cmd: cat src/config.py conf.toml > model && echo '{"acc":' 0.5, '"loss":' 1e-05} > m.json
    deps: [src/train.sh]
    params:
    - src/config.py:
      - LR
      - LAYERS
      - Train.epochs
    - conf.toml:
      - a
    outs: [model]
    metrics:
    - m.json:
        cache: false
`,
    ...dvcFiles(),
  },
  edit: {
    "src/config.py": "LR = 0.2\nLAYERS = (16, 9)\nclass Train:\n    epochs = 3\n",
    "m.json": '{"acc": 0.75, "loss": 1}\n',
  },
  override: "conf.toml:a.b=2.5",
  diffs: "metrics only",
};

const plots: PublicStyle = {
  name: "plots, artifacts and metrics at the top",
  files: {
    "params.yaml": "seed: 1\n",
    "dvc.yaml": `metrics:
- summary.json
plots:
- curves.csv:
    x: step
    y: acc
- Both:
    y:
      curves.csv: acc
      more.csv: [acc]
    title: two
artifacts:
  best:
    path: model.bin
    type: model
    desc: the best one
    labels: [a, b]
stages:
  run:
    cmd: echo \${seed} > model.bin && printf 'step,acc\\n0,0.5\\n' > curves.csv && echo '{"f1":' \${seed}} > summary.json
    outs:
    - model.bin
    plots:
    - curves.csv:
        cache: false
`,
    "more.csv": "step,acc\n0,0.25\n",
    ...dvcFiles(),
  },
  edit: { "params.yaml": "seed: 2\n" },
  override: "seed=3",
};

const oldLock: PublicStyle = {
  name: "a lock file of DVC 2",
  files: {
    "in.txt": "1\n",
    "params.yaml": "p: 1\n",
    "dvc.yaml":
      "stages:\n  a:\n    cmd: cp in.txt m.txt\n    deps: [in.txt]\n    params: [p]\n    metrics: [m.txt: {cache: false}]\n  b:\n    cmd: cp m.txt b.txt\n    deps: [m.txt]\n    outs: [b.txt: {cache: false}]\n",
    "dvc.lock": `schema: '2.0'
stages:
  a:
    cmd: cp in.txt m.txt
    deps:
    - path: in.txt
      md5: b026324c6904b2a9cb4b88d6d61c81d1
      size: 2
    params:
      params.yaml:
        p: 1
    outs:
    - path: m.txt
      md5: b026324c6904b2a9cb4b88d6d61c81d1
      size: 2
`,
    "m.txt": "1\n",
    ...dvcFiles(),
  },
  edit: { "in.txt": "2\n" },
  override: "p=2",
};

/** Imports as DVC writes them: frozen, and one that is not, whose source lies in the repository. */
const imports: PublicStyle = {
  name: "imports and frozen stages",
  files: {
    "upstream/data.xml": "1\n",
    "params.yaml": "n: 1\n",
    "dvc.yaml":
      "stages:\n  use:\n    cmd: cat data.xml > used\n    deps: [data.xml]\n    params: [n]\n    outs: [used]\n  old:\n    cmd: 'false'\n    frozen: true\n    deps: [params.yaml]\n    outs: [kept.txt: {cache: false}]\n",
    "kept.txt": "made once\n",
    ...dvcFiles(),
  },
  prepared: [
    ["dvc", "import-url", "--quiet", "upstream/data.xml", "data.xml"],
    ["git", "add", "--all"],
    ["git", "commit", "--quiet", "--message", "import"],
  ],
  edit: { "params.yaml": "n: 2\n" },
  override: "n=5",
};

const workingFolders: PublicStyle = {
  name: "working folders, a project in a folder",
  cwd: "proj",
  files: {
    "README.md": "top\n",
    "proj/dvc.yaml": `stages:
  one:
    wdir: src
    cmd: sh run.sh > ../out/one.txt
    deps: [run.sh, ./data/]
    params: [a.b]
    outs: [../out/one.txt]
  two:
    wdir: .
    cmd: cat out/one.txt > two.txt
    deps: [out/one.txt]
    outs:
    - two.txt:
        persist: true
        desc: kept
`,
    "proj/src/run.sh": "cat params.yaml data/*\n",
    "proj/src/data/x": "x\n",
    "proj/src/params.yaml": "a: {b: 1}\n",
    "proj/out/.keep": "",
    ...dvcFiles("proj/"),
  },
  edit: { "src/params.yaml": "a: {b: 2}\n" },
  override: "src/params.yaml:a.b=7",
};

const lineEnds: PublicStyle = {
  name: "files with CRLF",
  files: {
    "dvc.yaml":
      "stages:\r\n  crlf:\r\n    cmd: cat in.txt > out.txt\r\n    deps:\r\n    - in.txt\r\n    params:\r\n    - text\r\n    outs:\r\n    - out.txt\r\n",
    "params.yaml": "text: one\r\nother: 2\r\n",
    "in.txt": "a\r\nb\r\n",
    ...dvcFiles(),
  },
  edit: { "params.yaml": "text: two\r\nother: 2\r\n" },
  override: "text=three",
};

const unicode: PublicStyle = {
  name: "names and values beyond ASCII",
  files: {
    "params.yaml": 'größe: 1\n"日本": {naïve: "é"}\nn: 1\n',
    "dvc.yaml":
      'stages:\n  größe:\n    cmd: cat "dät 1.txt" > "ö ut.txt" && echo "日本 x"\n    deps: ["dät 1.txt"]\n    params: [größe, 日本.naïve, n]\n    outs: ["ö ut.txt"]\n  nach:\n    cmd: cp "ö ut.txt" end.txt\n    deps: ["ö ut.txt"]\n    outs: [end.txt: {cache: false}]\n',
    "dät 1.txt": "ünï\n",
    ...dvcFiles(),
  },
  edit: { "params.yaml": 'größe: 2\n"日本": {naïve: "ê"}\nn: 1\n' },
  override: "n='日本 ü'",
};

const scripts: PublicStyle = {
  name: "lists of commands, folders, tracked data",
  files: {
    "params.yaml":
      "# split\nsplit: {ratio: 0.2, seeds: [1, 2]}\ntrain: {<<: &base {lr: 0.1}, epochs: 2}\nbase: *base\n",
    "dvc.yaml": `stages:
  split:
    cmd:
    - mkdir -p parts
    - head -n 1 data/raw.csv > parts/train.csv
    - |
      tail -n 1 data/raw.csv > parts/test.csv
      echo done
    deps: [data]
    params: [split.ratio, split.seeds]
    outs: [parts/]
  train:
    cmd: >-
      cat parts/train.csv > model.pkl &&
      echo '{"train": {"acc": 0.9}, "list": [1], "text": "x"}' > eval.json
    deps: [parts/train.csv]
    params: [train]
    outs: [model.pkl]
    metrics: [eval.json: {cache: false}]
  always:
    cmd: echo now
    always_changed: true
`,
    ...dvcFiles(),
  },
  data: { "data/raw.csv": "a\nb\n", "data/deep/é": "1" },
  added: "data",
  edit: { "params.yaml": "split: {ratio: 0.3, seeds: [1, 2]}\ntrain: {lr: 0.1, epochs: 3}\n" },
  override: "split.ratio=0.5",
};

export const publicStyles: readonly PublicStyle[] = [
  monorepo,
  generated,
  pythonParams,
  plots,
  oldLock,
  imports,
  workingFolders,
  lineEnds,
  unicode,
  scripts,
];
