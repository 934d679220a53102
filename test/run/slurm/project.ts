/** A project whose points take a moment, fail, hang or are killed, and a Slurm for it. */
import path from "node:path";
import { makeRepository, makeTemporaryFolder, type Repository, scriptStage } from "../../rig/index.ts";

/** Every tenth fails; 7 hangs; 9 is killed the first time. Each start is one line of a file outside of the repository. */
function script(starts: string): string {
  return `x=$(sed -n 's/^x: \\([0-9]*\\).*/\\1/p' params.yaml)
echo "the stage sees x=$x, devices=$CUDA_VISIBLE_DEVICES"
echo "$x" >> "${starts}"
if [ "$x" = 7 ]; then sleep 1000; fi
if [ "$x" = 9 ] && [ "$(grep -c '^9$' "${starts}")" = 1 ]; then kill -KILL $$; fi
if [ $((x % 10)) = 0 ]; then echo "ten is too much" >&2; exit 4; fi
sleep 0.2
echo "{\\"score\\": $x}" > m.json
cp params.yaml out.txt
`;
}

export interface EngineProject {
  readonly repository: Repository;
  /** The file that gets a line for each start of a stage. */
  readonly starts: string;
}

export function makeEngineProject(): EngineProject {
  const starts = path.join(makeTemporaryFolder(), "starts");
  const files = {
    "params.yaml": "x: 1\n",
    "dvc.yaml": scriptStage("work", "work.sh"),
    "work.sh": script(starts),
    "notes.txt": "mine\n",
    ".gitignore": "/out.txt\n",
  };
  return { repository: makeRepository({ files }), starts };
}

/** What is left of runs beside their records: claims, locks of copies and devices, batches with living marks. */
export function leftovers(repository: Repository): string[] {
  const files = repository
    .git("ls-files", "--others", "--ignored", "--exclude-standard", ".dvc/tmp")
    .split("\n")
    .map((name) => name.replace(".dvc/tmp/exps/sweepline/", ""));
  return files.filter((name) => /^(claims|devices|requests)\/|^copies\/\d+\.lock|\.aside/.test(name));
}
