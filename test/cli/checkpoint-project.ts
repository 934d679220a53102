/** A training with checkpoints, in shell: it counts epochs in model.txt, and goes on from what it finds there. */
import { type Files, makeRepository, type Repository } from "../rig/index.ts";

/** The protocol of DVC 2, as `dvc.api.make_checkpoint` plays it. */
const makeCheckpoint = [
  'signal="$DVC_ROOT/.dvc/tmp/DVC_CHECKPOINT"',
  'make_checkpoint() { : > "$signal"; while [ -e "$signal" ]; do sleep 0.005; done; }',
];

/** Up to `epochs`, a checkpoint each; `last` comes after them, `each` after an epoch's checkpoint. */
export function training({ each = ":", last = ":" }: { readonly each?: string; readonly last?: string } = {}): string {
  return [
    ...makeCheckpoint,
    "epochs=$(sed -n 's/^epochs: //p' params.yaml)",
    "lr=$(sed -n 's/^lr: //p' params.yaml)",
    "i=0; [ -f model.txt ] && i=$(wc -l < model.txt)",
    'echo "starts at $((i))"',
    'while [ "$i" -lt "$epochs" ]; do',
    '  i=$((i+1)); echo "$i $lr" >> model.txt; echo "{\\"epoch\\": $i}" > metrics.json',
    "  make_checkpoint",
    `  ${each}`,
    "done",
    last,
    "",
  ].join("\n");
}

const checkpointPipeline = [
  "stages:",
  "  train:",
  "    cmd: sh train.sh",
  "    deps: [train.sh]",
  "    params: [epochs, lr]",
  "    outs:",
  "      - model.txt: {checkpoint: true}",
  "    metrics:",
  "      - metrics.json: {cache: false}",
  "",
].join("\n");

export function makeTraining(script: string, files: Files = {}): Repository {
  const own = { "params.yaml": "epochs: 3\nlr: 1\n", "dvc.yaml": checkpointPipeline, "train.sh": script };
  return makeRepository({ files: { ...own, ...files } });
}

/** The ref of an experiment of that name. */
function refOf(repository: Repository, name: string): string {
  const found = repository.experimentRefs().find((ref) => ref.endsWith(`/${name}`));
  if (found === undefined) throw new TypeError(`there is no experiment '${name}'`);
  return found;
}

/** The commits of an experiment that its baseline has not, the oldest first. */
export function chainOf(repository: Repository, name: string, from = "HEAD"): string[] {
  return repository.git("rev-list", "--reverse", `${from}..${refOf(repository, name)}`).split("\n");
}

/** What each checkpoint says of a file of Git's. */
export function inChain(repository: Repository, name: string, file: string): string[] {
  return chainOf(repository, name).map((commit) => repository.git("show", `${commit}:${file}`));
}
