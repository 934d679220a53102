/**
 * The emitted script on a real Slurm of one node, where its programs are installed and ../shared has the script that sets
 * one up (beside the checkout). Skipped elsewhere: round-systems.test.ts runs the same script without Slurm.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkout, makeRepository } from "../rig/index.ts";
import { makeTools } from "./runners/machine.ts";
import { seedProject } from "./runners/project.ts";

const oneNode = path.join(checkout, "..", "shared", "tools", "slurm-single-node.sh");
const programs = ["sbatch", "slurmctld", "slurmd", "munged"];
const hasPrograms = programs.every((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status === 0);

describe.skipIf(!hasPrograms || !existsSync(oneNode))("an array job of Slurm", () => {
  it("brings results and data back to where it was submitted", async () => {
    const repository = makeRepository({ files: seedProject });
    const tools = makeTools(repository.root);
    await repository.succeed(["matrix", "plan", "seed=range(6,10)", "-o", "sweep.json"]);
    repository.write({ "job.sh": await repository.succeed(["matrix", "emit", "--for", "slurm", "--max-jobs", "3"]) });
    const submit = path.join(repository.root, "submit.sh");
    writeFileSync(submit, 'cd "$1" && sbatch --wait job.sh\n');
    const slurm = path.join(repository.root, "slurm");
    const env = { ...repository.env, PATH: `${tools}:${process.env.PATH}`, SLURM_ONE_MEM_MB: "2000" };
    const args = [oneNode, "run", slurm, "--", "sh", submit, repository.folder];
    // A task that failed makes sbatch fail.
    expect(spawnSync("bash", args, { env, encoding: "utf8" }).stdout).toContain("Submitted batch job");
    const { exitCode, stdout } = await repository.run(["matrix", "collect", "--for", "slurm", "--max-jobs", "3"]);
    expect(stdout).toContain("3 of 4 points done, 1 failed, 0 missing.");
    expect(stdout).toContain("(point 1, job 1)");
    expect(exitCode).toBe(1);
    const objects = execFileSync("find", [".dvc/cache/files/md5", "-type", "f"], { cwd: repository.folder });
    expect(objects.toString().trimEnd().split("\n")).toHaveLength(3);
  });
});
