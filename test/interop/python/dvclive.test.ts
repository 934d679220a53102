/**
 * A real DVCLive in a sweep reports what it reports in real DVC's own run, in that order. SWEEPLINE_DVCLIVE names a virtual
 * environment with dvclive and dvc.
 */
import { describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";
import { type Posted, RecordingServer } from "../../rig/recording-server.ts";

const live = process.env.SWEEPLINE_DVCLIVE;

const files = {
  "params.yaml": "lr: 1\n",
  "dvc.yaml":
    "stages:\n  train:\n    cmd: python train.py\n    deps: [train.py]\n    params: [lr]\n    metrics:\n      - dvclive/metrics.json: {cache: false}\n",
  "train.py": `from dvclive import Live
with Live() as live:
    for step in range(3):
        live.log_metric("loss", 1 / (step + 1))
        live.next_step()
`,
};

/** With the Python of that environment first on PATH. */
function environment(repository: Repository, server: RecordingServer) {
  return {
    PATH: `${live}/bin:${repository.env.PATH}`,
    DVC_STUDIO_OFFLINE: "",
    DVC_STUDIO_TOKEN: "isat_test",
    DVC_STUDIO_URL: server.url,
    SWEEPLINE_LIVE_WAIT: "300",
  };
}

/** What was said of an experiment, without what differs from run to run. */
function told(posts: readonly Posted[], name: string): Record<string, unknown>[] {
  return posts
    .filter(({ body }) => body.name === name)
    .map(({ body: { name: _name, params: _params, experiment_rev: rev, ...rest } }) => ({ ...rest, rev: typeof rev }));
}

describe.skipIf(live === undefined)("DVCLive 3 (skipped without SWEEPLINE_DVCLIVE)", () => {
  test("a sweep of six reports, experiment by experiment, what real DVC's run reports", async () => {
    const repository = makeRepository({ files });
    repository.git("remote", "add", "origin", "https://git.example.com/team/project.git");
    const server = await RecordingServer.start();
    try {
      const env = environment(repository, server);
      await repository.succeed(["sweep", "-n", "s", "lr=1,2,3,4,5,6", "--jobs", "2"], { env });
      const ours = server.posts.splice(0);
      // Not while this process stands still: the server is in it.
      const args = ["exp", "run", "-f", "-n", "theirs"];
      const { exitCode } = await repository.startProgram(`${live}/bin/dvc`, args, { env }).result();
      expect(exitCode).toBe(0);
      const theirs = told(server.posts, "theirs");
      expect(theirs.map(({ type }) => type)).toEqual(["start", ...Array.from({ length: 8 }, () => "data"), "done"]);
      for (let point = 1; point <= 6; point++) expect(told(ours, `s-${point}`)).toEqual(theirs);
    } finally {
      server.close();
    }
  });
});
