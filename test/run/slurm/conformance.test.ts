/** The same cases on each engine: whatever happens to who runs and who watches, each point has one end, and nothing is left. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { experimentNames, queueRefs, userState } from "../../cli/exp-project.ts";
import { binary } from "../../rig/index.ts";
import { Slurm, slurmMissing } from "../../rig/slurm.ts";
import { leftovers, makeEngineProject } from "./project.ts";

const missing = slurmMissing();

interface Under {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** While the points run and nobody watches: the node's daemon dies and comes back, and a task is delivered twice. */
  disturb(repository: ReturnType<typeof makeEngineProject>["repository"]): Promise<void>;
  ended(): Promise<void>;
}

async function local(): Promise<Under> {
  return { words: [], env: {}, disturb: async () => undefined, ended: async () => undefined };
}

async function onSlurm(): Promise<Under> {
  const slurm = await Slurm.start({ cpus: 4 });
  return {
    words: ["--engine", "slurm", "--pack", "3"],
    env: slurm.env,
    disturb: async (repository) => {
      await slurm.kill("slurmd", "SIGKILL");
      slurm.startDaemon("slurmd");
      const [batch = ""] = repository
        .git("ls-files", "--others", "--ignored", "--exclude-standard", ".dvc/tmp/exps/sweepline/slurm")
        .split("\n")
        .flatMap((name) => /slurm\/([0-9a-f]{12})\//.exec(name)?.[1] ?? []);
      const task = [process.execPath, binary, "queue", "task", batch, "0"];
      slurm.tell(
        "sbatch",
        "--array=0-1",
        `--chdir=${repository.folder}`,
        "--output=/dev/null",
        `--wrap=exec ${task.join(" ")}`,
      );
    },
    ended: () => slurm.until(() => slurm.jobs().length === 0, "no job to be left"),
  };
}

describe.each([
  ["local", local, undefined],
  ["slurm", onSlurm, missing],
] as const)("%s", (_name, open, why) => {
  test.skipIf(why !== undefined)(
    `40 points, through kills of all sides${why === undefined ? "" : ` (${why})`}`,
    async () => {
      const { repository, starts } = makeEngineProject();
      const { words, env, disturb, ended } = await open();
      const before = userState(repository);
      const line = ["sweep", "-n", "p", "x=range(1,41)", "-j", "4", "--timeout", "45s", ...words];
      const first = repository.start(line, { env });
      await first.printed("finished ");
      expect((await first.kill("SIGKILL")).signal).toBe("SIGKILL");
      await disturb(repository);
      const again = await repository.run(line, { env });
      expect(again.exitCode).toBe(1);
      await ended();

      const failed = [7, 10, 20, 30, 40];
      const done = Array.from({ length: 40 }, (_, at) => at + 1).filter((x) => !failed.includes(x));
      expect(experimentNames(repository).sort()).toEqual(done.map((x) => `p-${x}`).sort());
      expect(queueRefs(repository)).toEqual(failed.map((x) => `failed/${x}`));
      const status = JSON.parse(await repository.succeed(["queue", "status", "--json"], { env }));
      const causes = status.tasks
        .filter(({ state }: { state: string }) => state === "failed")
        .map(({ name, failure }: { name: string; failure: { code: string } }) => `${name} ${failure.code}`);
      expect(causes.sort()).toEqual(
        ["p-10 STAGE_FAILED", "p-20 STAGE_FAILED", "p-30 STAGE_FAILED", "p-40 STAGE_FAILED", "p-7 TIMED_OUT"].sort(),
      );
      for (const x of [1, 7, 9, 10, 39])
        expect(await repository.succeed(["queue", "logs", `p-${x}`], { env })).toContain(`the stage sees x=${x},`);
      expect(
        readFileSync(starts, "utf8")
          .split("\n")
          .filter((each) => each === "9").length,
      ).toBeGreaterThanOrEqual(2);
      expect(leftovers(repository)).toEqual([]);
      expect(userState(repository)).toBe(before);
    },
  );
});
