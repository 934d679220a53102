/** A ready pipeline in plain shell: prepare, train, evaluate. It needs nothing but sh, awk, head and tail. */
import { type Files, makeRepository, type Repository } from "./repository.ts";

export const pipelineFiles: Files = {
  "data/raw.csv": "a,1\nb,2\nc,3\nd,4\n",
  "params.yaml": `# how the data is prepared
prepare:
  rows: 3   # keep this many
train:
  lr: 0.01
  epochs: 5
  layers: [16, 32]
  optimizer:
    name: sgd
    momentum: 0.9
seed: 42
`,
  "src/prepare.sh": `keep=$(awk '$1 == "rows:" {print $2}' params.yaml)
mkdir -p data/prepared
head -n "$keep" data/raw.csv > data/prepared/train.csv
tail -n 1 data/raw.csv > data/prepared/test.csv
`,
  "src/train.sh": `awk '$1 == "lr:" || $1 == "epochs:" {print $1, $2}' params.yaml > model.txt
cat data/prepared/train.csv >> model.txt
`,
  // loss = 1 / (1 + lr * epochs), acc = 1 - loss
  "src/evaluate.sh": `awk '$1 == "lr:" {lr = $2} $1 == "epochs:" {epochs = $2} END {
  loss = 1 / (1 + lr * epochs)
  printf "{\\"loss\\": %.4f, \\"nested\\": {\\"acc\\": %.4f}}\\n", loss, 1 - loss
}' params.yaml > metrics.json
`,
  "dvc.yaml": `stages:
  prepare:
    cmd: sh src/prepare.sh
    deps:
    - data/raw.csv
    - src/prepare.sh
    params:
    - prepare.rows
    outs:
    - data/prepared
  train:
    cmd: sh src/train.sh
    deps:
    - data/prepared
    - src/train.sh
    params:
    - seed
    - train
    outs:
    - model.txt
  evaluate:
    cmd: sh src/evaluate.sh
    deps:
    - model.txt
    - src/evaluate.sh
    metrics:
    - metrics.json:
        cache: false
`,
};

/** A dvc.yaml of one stage, which runs a script of its own, sees the parameter `x`, and makes out.txt and a metric. */
export const scriptStage = (name: string, script: string): string => `stages:
  ${name}:
    cmd: sh ${script}
    deps:
    - ${script}
    params:
    - x
    outs:
    - out.txt
    metrics:
    - m.json:
        cache: false
`;

/** A repository with the pipeline, committed; nothing has run yet. Other files come on top, or in place of its own. */
export function makePipelineRepository(facts: { readonly files?: Files } = {}): Repository {
  return makeRepository({ files: { ...pipelineFiles, ...facts.files } });
}

/** A repository with one stage `hold`, which depends on the parameter `x` and runs that command. */
export function makeGatedRepository(command: string): Repository {
  const pipeline = { stages: { hold: { cmd: command, params: ["x"], outs: [{ "out.txt": { cache: false } }] } } };
  return makeRepository({
    files: {
      "params.yaml": "x: 1\n",
      // JSON is YAML, and needs no quoting rules for the command.
      "dvc.yaml": `${JSON.stringify(pipeline, null, 2)}\n`,
    },
  });
}
