/** Pipelines of every shape in one repository; each stage takes its values from a parameter file and writes them down. */
import type { Files } from "../rig/index.ts";

export const manyPipelines: Files = {
  "params.yaml": `# how the data is prepared
prepare:
  rows: 3   # keep this many
  split: [0.8, 0.2]
train:
  lr: 0.01
  epochs: 5
  optimizer: {name: "sgd", momentum: 0.9}
seed: 42
names: [a, "it's"]
`,
  "lib/tracked.sh": "echo\n",
  "config/model.json": '{"units": 16, "name": "small", "deep": {"rate": 1e-7, "on": true}}\n',
  "data/raw.csv": "a,1\nb,2\nc,3\nd,4\n",
  // A folder out, a list of commands, a parameter inside a group.
  "dvc.yaml": `vars:
- sizes: [2, 3]
stages:
  prepare:
    cmd:
    - mkdir -p prepared/deep
    - awk '$1 == "rows:" {print}' params.yaml > prepared/rows.txt
    - head -n 2 data/raw.csv > prepared/deep/head.csv
    deps:
    - data/raw.csv
    params:
    - prepare.rows
    - prepare.split
    outs:
    - prepared
  train:
    cmd: cat prepared/rows.txt > model.txt && awk '$1 == "lr:" || $1 == "epochs:"' params.yaml >> model.txt
    deps:
    - prepared
    params:
    - train
    - seed
    - names
    - config/model.json:
    outs:
    - model.txt
  evaluate:
    cmd: >-
      awk '$1 == "lr:" {printf "{\\"score\\": %.3f, \\"nested\\": {\\"twice\\": %.3f}}\\n", $2, 2 * $2}' model.txt > metrics.json &&
      printf 'step,score\\n0,0.5\\n1,0.75\\n' > plot.csv
    deps:
    - model.txt
    metrics:
    - metrics.json:
        cache: false
    plots:
    - plot.csv:
        cache: false
        x: step
  report:
    cmd: mkdir -p report/deep && cat model.txt > report/deep/a.txt && echo \${seed} > report/b.txt
    deps:
    - model.txt
    - lib
    outs:
    - report:
        cache: false
  each:
    foreach: \${sizes}
    do:
      cmd: echo \${item} > each-\${item}.txt
      params:
      - seed
      outs:
      - each-\${item}.txt
`,
  // One stage, whose working folder is another than that of its dvc.yaml, and a file of its own for parameters.
  "one/dvc.yaml": `stages:
  only:
    wdir: ../work
    cmd: cat params.yaml ../data/raw.csv > out.txt && chmod +x out.txt
    deps:
    - ../data/raw.csv
    params:
    - depth
    outs:
    - out.txt
`,
  "work/params.yaml": "depth: 1\nother: 2\n",
  ".gitignore": "*.private\n",
};
