/** A small project for tests of `exp run` and its kin: one quick stage, in plain shell. */
import { type Files, makeRepository, type Repository, scriptStage } from "../rig/index.ts";

/** Fails with status 7 where x is 13, needs extra.txt where x is 99. */
const stageScript = `x=$(sed -n 's/^x: \\([0-9]*\\).*/\\1/p' params.yaml)
echo "the stage sees x=$x"
if [ "$x" = 13 ]; then echo "13 is no number for a stage" >&2; exit 7; fi
if [ "$x" = 99 ]; then cat extra.txt || exit 3; fi
echo "{\\"score\\": $x}" > m.json
cp params.yaml out.txt
`;

export const experimentFiles: Files = {
  "params.yaml": "# the header\nx: 1   # how much\nname: 'a b'\nlist: [1, 2]\n",
  "dvc.yaml": scriptStage("copy", "copy.sh"),
  "copy.sh": stageScript,
  "notes.txt": "one\n",
  ".gitignore": "/out.txt\nignored*\n",
};

export function makeExperimentRepository(files: Files = {}): Repository {
  return makeRepository({ files: { ...experimentFiles, ...files } });
}

/** Names of finished experiments, sorted. */
export function experimentNames(repository: Repository): string[] {
  return repository.experimentRefs().map((ref) => ref.split("/").at(-1) ?? "");
}

/** `queued/1`, `failed/3`: what is in the queue. */
export function queueRefs(repository: Repository): string[] {
  return repository
    .git("for-each-ref", "--format=%(refname)", "refs/exps/celery")
    .split("\n")
    .filter((ref) => ref !== "")
    .map((ref) => ref.replace(/^refs\/exps\/celery\/sweepline\//, "").replace(/\/0*/, "/"));
}

/** All that a queued or temporary run must leave alone: HEAD, branches, tags, index, stash, and every file outside .dvc/tmp and the cache. */
export function userState(repository: Repository): string {
  const refs = repository.git("for-each-ref", "refs/heads", "refs/tags", "refs/stash");
  const head = repository.git("symbolic-ref", "-q", "HEAD");
  const status = repository.git(
    "--no-optional-locks",
    "status",
    "--porcelain=v2",
    "--ignored",
    "--untracked-files=all",
  );
  const kept = status.split("\n").filter((line) => line !== "" && !/ \.dvc\/(tmp|cache)\//.test(line));
  const index = repository.git("ls-files", "--stage", "--debug");
  const contents = repository
    .git("ls-files", "--cached", "--others")
    .split("\n")
    .filter((name) => !/^\.dvc\/(tmp|cache)\//.test(name) && repository.exists(name));
  return [refs, head, ...kept, index, ...contents.map((name) => `${name}: ${repository.read(name)}`)].join("\n");
}
