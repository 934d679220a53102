/** A small GitHub Actions: reads a workflow, expands its matrix, runs its steps. What it does not know, it refuses. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { inParallel } from "../../../src/store/remotes/parallel.ts";
import { Machine, type ScriptResult, type Variables } from "./machine.ts";

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface JobText {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly env?: Variables;
  readonly outputs?: Variables;
  readonly strategy?: { readonly matrix: string; readonly "max-parallel": number };
  readonly steps: readonly Step[];
}

type Context = Readonly<Record<string, unknown>>;

export interface WorkflowRun {
  readonly text: string;
  readonly url: string;
  readonly commit: string;
  /** github.event_name, github.event and the like. */
  readonly github: Context;
  readonly folder: string;
  readonly tools: string;
  /** What happens to a leg of the matrix: its attempts, one after the other or at once, each with variables of its own. */
  attempts?(leg: number): { readonly together: boolean; readonly variables: readonly Variables[] };
}

export interface JobEnd {
  readonly result: "success" | "failure" | "skipped";
  readonly outputs: Variables;
  readonly log: string;
  readonly summary: string;
}

/** Expressions are JavaScript but for hyphens in names; a missing property is empty. */
function evaluate(expression: string, context: Context): unknown {
  const source = expression.replace(/\.([a-z]+-[a-z]+)/g, "['$1']").replace(/([a-z_])\.(?=[a-z_])/gi, "$1?.");
  const names = Object.keys(context);
  const value: unknown = new Function(...names, `return (${source})`)(...names.map((name) => context[name]));
  return value;
}

function fill(text: string, context: Context): string {
  return String(text).replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) =>
    String(evaluate(expression, context) ?? ""),
  );
}

function fillAll(values: Variables, context: Context): Variables {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(value, context)]));
}

/** GITHUB_OUTPUT: `name<<DELIMITER`, lines, `DELIMITER`. */
function readOutputs(file: string): Variables {
  const outputs: Record<string, string> = {};
  const lines = readFileSync(file, "utf8").split("\n");
  for (let at = 0; at < lines.length; at++) {
    const found = /^([^<=]+)<<(.+)$/.exec(lines[at] ?? "");
    if (found === null) continue;
    const end = lines.indexOf(found[2] ?? "", at + 1);
    outputs[found[1] ?? ""] = lines.slice(at + 1, end).join("\n");
    at = end;
  }
  return outputs;
}

let machines = 0;

export class GithubWorkflow {
  readonly ends = new Map<string, JobEnd>();
  readonly legs: (readonly JobEnd[])[] = [];
  readonly #run: WorkflowRun;
  readonly #workflow: {
    readonly env?: Variables;
    readonly defaults?: { readonly run: { readonly "working-directory": string } };
    readonly jobs: Readonly<Record<string, JobText>>;
  };

  constructor(run: WorkflowRun) {
    this.#run = run;
    this.#workflow = parse(run.text);
  }

  /** Runs all jobs, in the order of the file. */
  async run(): Promise<void> {
    for (const [name, job] of Object.entries(this.#workflow.jobs)) await this.#runJob(name, job);
  }

  async #runJob(name: string, job: JobText): Promise<void> {
    const needs = [job.needs ?? []].flat();
    const needed = Object.fromEntries(needs.map((need) => [need, this.ends.get(need)]));
    const context = this.#context({ needs: needed });
    const succeeded = needs.every((need) => this.ends.get(need)?.result === "success");
    const isWanted = job.if === undefined ? succeeded : evaluate(job.if, { ...context, success: () => succeeded });
    if (!isWanted) {
      this.ends.set(name, { result: "skipped", outputs: {}, log: "", summary: "" });
      return;
    }
    if (job.strategy === undefined) this.ends.set(name, await this.#runLeg(job, context, {}));
    else this.ends.set(name, await this.#runMatrix(job, job.strategy.matrix, context));
  }

  #context(facts: Context): Context {
    const base = { ...facts, github: this.#run.github, fromJSON: JSON.parse, hashFiles: () => "", always: () => true };
    return { ...base, env: fillAll(this.#workflow.env ?? {}, base) };
  }

  async #runMatrix(job: JobText, expression: string, context: Context): Promise<JobEnd> {
    const matrix = JSON.parse(fill(expression.replace("fromJSON(", "("), context)) as { include: Variables[] };
    if (matrix.include.length === 0 || matrix.include.length > 256) throw new Error(`${matrix.include.length} legs`);
    const all: (readonly JobEnd[])[] = [];
    await inParallel([...matrix.include.entries()], job.strategy?.["max-parallel"] ?? 256, async ([at, leg]) => {
      all[at] = await this.#runAttempts(job, at, { ...context, matrix: leg });
    });
    this.legs.push(...all);
    const isGreen = all.every((attempts) => attempts.at(-1)?.result === "success");
    return { result: isGreen ? "success" : "failure", outputs: {}, log: "", summary: "" };
  }

  async #runAttempts(job: JobText, at: number, context: Context): Promise<readonly JobEnd[]> {
    const { together, variables } = this.#run.attempts?.(at) ?? { together: false, variables: [{}] };
    const leg = (attempt: number) => {
      const github = { ...(context.github as Context), run_attempt: attempt };
      return { ...context, github, strategy: { "job-index": at } };
    };
    if (together) return Promise.all(variables.map((each) => this.#runLeg(job, leg(1), each)));
    const ends: JobEnd[] = [];
    for (const [index, each] of variables.entries()) ends.push(await this.#runLeg(job, leg(index + 1), each));
    return ends;
  }

  async #runLeg(job: JobText, context: Context, extra: Variables): Promise<JobEnd> {
    const folder = path.join(this.#run.folder, `machine-${++machines}`);
    const machine = new Machine(folder, this.#run.tools);
    const env = { ...(context.env as Variables), ...fillAll(job.env ?? {}, context) };
    const files = { output: path.join(folder, "output"), summary: path.join(folder, "summary") };
    for (const file of Object.values(files)) writeFileSync(file, "");
    const variables = { ...env, ...extra, GITHUB_OUTPUT: files.output, GITHUB_STEP_SUMMARY: files.summary };
    const steps: Record<string, { outputs: Variables }> = {};
    let failed = false;
    let log = "";
    for (const step of job.steps) {
      const inStep = { ...context, env, steps };
      const isWanted = step.if === undefined ? true : evaluate(step.if, inStep);
      if (!isWanted || (failed && !step.if?.includes("always()"))) continue;
      const { exitCode, output } = await this.#runStep(step, machine, { context: inStep, variables });
      log += output;
      failed ||= exitCode !== 0;
      if (step.id !== undefined) steps[step.id] = { outputs: readOutputs(files.output) };
    }
    const outputs = fillAll(job.outputs ?? {}, { ...context, env, steps });
    return { result: failed ? "failure" : "success", outputs, log, summary: readFileSync(files.summary, "utf8") };
  }

  #runStep(
    step: Step,
    machine: Machine,
    { context, variables }: { context: Context; variables: Variables },
  ): Promise<ScriptResult> {
    const folder = this.#workflow.defaults?.run["working-directory"] ?? ".";
    if (step.run !== undefined) return machine.run(`cd '${folder}'\n${fill(step.run, context)}`, variables);
    const options = fillAll(step.with ?? {}, context);
    const [action = ""] = (step.uses ?? "").split("@");
    if (action === "actions/checkout") return machine.checkOut(this.#run.url, options.ref ?? this.#run.commit);
    if (action === "actions/upload-artifact") this.#upload(machine, options);
    else if (action === "actions/download-artifact") this.#download(machine, options);
    else if (action !== "actions/setup-node" && action !== "actions/cache") throw new Error(`unknown action ${action}`);
    return Promise.resolve({ exitCode: 0, output: "" });
  }

  #artifact(name: string): string {
    return path.join(this.#run.folder, "artifacts", name);
  }

  #upload(machine: Machine, { name = "", path: from = "" }: Variables): void {
    const source = path.join(machine.work, from);
    if (!existsSync(source)) return;
    const isFile = path.extname(source) !== "";
    const target = isFile ? path.join(this.#artifact(name), path.basename(from)) : this.#artifact(name);
    cpSync(source, target, { recursive: true });
  }

  #download(machine: Machine, { name, pattern, path: to = "." }: Variables): void {
    const target = path.join(machine.work, to);
    if (name !== undefined) cpSync(this.#artifact(name), target, { recursive: true });
    if (pattern === undefined) return;
    for (const each of readdirSync(this.#artifact("")))
      if (each.startsWith(pattern.slice(0, -1)))
        cpSync(this.#artifact(each), path.join(target, each), { recursive: true });
  }
}
