/** Experiments that were never run, made as commits: for tests of what finds them. */
import { makeRepository, type Repository } from "../../rig/index.ts";

export interface PlainPoint {
  readonly params: Readonly<Record<string, number | string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

const pipeline =
  "stages:\n  train:\n    cmd: sh train.sh\n    params:\n    - params.yaml:\n    metrics:\n    - metrics.json:\n        cache: false\n";

function filesOf({ params, metrics }: PlainPoint) {
  return { "params.yaml": `${JSON.stringify(params)}\n`, "metrics.json": `${JSON.stringify(metrics)}\n` };
}

/** A project with one commit, which has these parameters and no metrics. */
export function makePlainRepository(params: PlainPoint["params"]): Repository {
  return makeRepository({ files: { ...filesOf({ params, metrics: {} }), "dvc.yaml": pipeline } });
}

/** Adds experiments to HEAD. */
export function addExperiments(repository: Repository, points: Readonly<Record<string, PlainPoint>>): void {
  const head = repository.git("rev-parse", "HEAD");
  for (const [name, point] of Object.entries(points)) {
    repository.write(filesOf(point));
    repository.git("add", "--all");
    const commit = repository.git("commit-tree", repository.git("write-tree"), "-p", head, "-m", name);
    repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/${name}`, commit);
  }
  repository.git("reset", "--quiet", "--hard");
}
