/** A small GitLab: runs the parent pipeline's plan, then the child pipeline that it emitted, over its template. */
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { Machine, type ScriptResult, type Variables } from "./machine.ts";

interface Job {
  readonly stage?: string;
  readonly extends?: string;
  readonly script?: readonly string[];
  readonly artifacts?: { readonly paths: readonly string[] };
  readonly needs?: readonly unknown[];
  readonly parallel?: { readonly matrix: readonly Readonly<Record<string, readonly string[]>>[] };
}

export interface PipelineRun {
  readonly url: string;
  readonly commit: string;
  readonly folder: string;
  readonly tools: string;
}

export interface PipelineEnd {
  readonly points: readonly ScriptResult[];
  readonly collect: ScriptResult;
  readonly report: string;
}

export class GitlabPipeline {
  readonly #run: PipelineRun;
  readonly #artifacts: string;
  #jobs = 0;
  #planned: readonly string[] = [];

  constructor(run: PipelineRun) {
    this.#run = run;
    this.#artifacts = path.join(run.folder, "artifacts");
    mkdirSync(this.#artifacts, { recursive: true });
  }

  async run(): Promise<PipelineEnd> {
    const first = await this.#machine();
    const parent = parse(readFileSync(path.join(first.work, ".gitlab-ci.yml"), "utf8")) as Record<string, Job>;
    await this.#runJob(first, parent["sweep-plan"] ?? {}, {});
    this.#planned = parent["sweep-plan"]?.artifacts?.paths ?? [];
    const include = parent["sweep-points"] as { trigger?: { include: [{ artifact: string }] } };
    const artifact = include.trigger?.include[0].artifact ?? "";
    const child = parse(readFileSync(path.join(this.#artifacts, artifact), "utf8")) as Record<string, unknown>;
    const [{ local }] = child.include as [{ local: string }];
    const template = parse(readFileSync(path.join(first.work, local), "utf8")) as Record<string, Job>;
    return this.#runChild({ ...template, ...(child as Record<string, Job>) });
  }

  async #runChild(jobs: Record<string, Job>): Promise<PipelineEnd> {
    const visible = Object.entries(jobs).filter(([name]) => name.startsWith("point-"));
    const points: Promise<ScriptResult>[] = [];
    for (const [, job] of visible) {
      const whole = { ...jobs[job.extends ?? ""], ...job };
      for (const row of whole.parallel?.matrix ?? [])
        for (const point of row.POINT ?? []) points.push(this.#runPoint(whole, { POINT: point }));
    }
    const ends = await Promise.all(points);
    const machine = await this.#machine();
    // A later stage gets the artifacts of all earlier ones of its own pipeline: not the plan's.
    for (const [, job] of visible) this.#give(machine, { ...jobs[job.extends ?? ""], ...job }.artifacts?.paths ?? []);
    const collect = await this.#runJob(machine, jobs["sweep-collect"] ?? {}, {});
    const [report = ""] = jobs["sweep-collect"]?.artifacts?.paths ?? [];
    return { points: ends, collect, report: readFileSync(path.join(this.#artifacts, report), "utf8") };
  }

  async #runPoint(job: Job, variables: Variables): Promise<ScriptResult> {
    const machine = await this.#machine();
    if (job.needs !== undefined) this.#give(machine, this.#planned);
    return this.#runJob(machine, job, variables);
  }

  /** Artifacts, at the paths that they were taken from. */
  #give(machine: Machine, names: readonly string[]): void {
    for (const name of names) {
      const kept = path.join(this.#artifacts, name);
      if (existsSync(kept)) cpSync(kept, path.join(machine.work, name), { recursive: true });
    }
  }

  async #machine(): Promise<Machine> {
    const machine = new Machine(path.join(this.#run.folder, `job-${++this.#jobs}`), this.#run.tools);
    await machine.checkOut(this.#run.url, this.#run.commit);
    return machine;
  }

  async #runJob(machine: Machine, job: Job, variables: Variables): Promise<ScriptResult> {
    const fixed = { GITLAB_CI: "true", CI_JOB_ID: String(this.#jobs * 1000 + Math.floor(Math.random() * 1000)) };
    const end = await machine.run((job.script ?? []).join("\n"), { ...fixed, ...variables });
    for (const name of job.artifacts?.paths ?? []) {
      const source = path.join(machine.work, name);
      if (existsSync(source)) cpSync(source, path.join(this.#artifacts, name), { recursive: true });
    }
    return end;
  }
}
