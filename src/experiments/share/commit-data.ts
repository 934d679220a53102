/** The data of commits, as push, fetch and status --cloud take that of the workspace. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { parseCommit } from "../../git/objects.ts";
import { type CommitChoice, chosenCommits } from "../../git/revisions.ts";
import type { TrackedObject } from "../../pipeline/data/tracked.ts";
import type { RecordedData } from "../../pipeline/reading/pipeline-parts.ts";
import type { RemoteObject } from "../../store/remotes/by-remote.ts";
import { isObjectHash } from "../../store/tree.ts";
import { openReading, openTrees } from "../reading/load-revisions.ts";
import type { ExperimentsContext } from "../repository.ts";

/** Commits whose files are held at a time. */
const chunkSize = 256;

function objectsOf(root: string, { cached, stored }: RecordedData): readonly TrackedObject[] {
  const byHash = new Map<string, RemoteObject[]>();
  for (const object of stored) byHash.set(object.md5, [...(byHash.get(object.md5) ?? []), object]);
  return cached
    .filter(([, md5]) => isObjectHash(md5))
    .flatMap(([file, md5]) =>
      (byHash.get(md5) ?? []).map(({ remote, layout = "current" }) => ({
        file: path.join(root, file),
        md5,
        push: true,
        remote,
        layout,
      })),
    );
}

/** Each output once, however many commits have it. Errors: those of a commit that can't be read, with its name. */
export async function dataOfCommits(
  context: ExperimentsContext,
  choice: Pick<CommitChoice, "of">,
): Promise<readonly TrackedObject[]> {
  const commits = await chosenCommits(context.repository, { revs: [], count: 1, since: undefined, ...choice });
  const found = new Map<string, TrackedObject>();
  const reading = await openReading(context, { kind: "tracked", params: "dependencies" }, "nothing");
  try {
    for (let at = 0; at < commits.length; at += chunkSize) {
      const chunk = commits.slice(at, at + chunkSize);
      const objects = await reading.objects.readAll(chunk);
      const trees = objects.flatMap((object) => (object?.type === "commit" ? [parseCommit(object.content).tree] : []));
      for (const revision of (await openTrees(trees, reading)).values()) {
        if (revision instanceof SweeplineError) throw revision;
        for (const each of objectsOf(context.project.root, revision.reading.recorded))
          found.set(`${each.file}\0${each.md5}\0${each.layout}\0${each.remote}`, each);
      }
    }
    return [...found.values()];
  } finally {
    reading.close();
  }
}
