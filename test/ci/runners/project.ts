/** The files of a project whose only stage fails for seed 7. */
export const seedProject = {
  "params.yaml": "seed: 0\n",
  "dvc.yaml": `stages:
  train:
    cmd: 'test "$(cat params.yaml)" != "seed: 7" && cp params.yaml metrics.yaml && cp params.yaml model.yaml'
    params: [seed]
    outs: [model.yaml]
    metrics: [{metrics.yaml: {cache: false}}]
`,
};
