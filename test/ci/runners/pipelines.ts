/**
 * Small runners of the other systems. Each reads the files that `matrix init` wrote and what `matrix emit` printed, takes
 * their jobs, and runs the scripts of each on a machine of its own. What it does not know, it refuses.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { Machine, type ScriptResult, type Variables } from "./machine.ts";

export interface Round {
  readonly url: string;
  readonly commit: string;
  /** The project's folder in the repository. */
  readonly project: string;
  readonly folder: string;
  readonly tools: string;
  /** Whose pull request it is: a stranger's jobs may not push. Azure and CircleCI run those too. */
  readonly author: "member" | "stranger";
}

export interface RoundEnd {
  readonly points: readonly ScriptResult[];
  /** undefined: the system has no job that collects. */
  readonly collect: ScriptResult | undefined;
}

export type RunRound = (round: Round) => Promise<RoundEnd>;

/** So few jobs that two points share one. */
const few = (script: string) => script.replace("matrix emit", "matrix emit --max-jobs 2");

let machines = 0;

function emptyMachine(round: Round): Machine {
  return new Machine(path.join(round.folder, `machine-${++machines}`), round.tools);
}

async function clone(round: Round): Promise<Machine> {
  const machine = emptyMachine(round);
  await succeed(machine.checkOut(round.url, round.commit));
  return machine;
}

async function succeed(ending: Promise<ScriptResult>): Promise<ScriptResult> {
  const end = await ending;
  if (end.exitCode !== 0) throw new Error(`a script ended with ${end.exitCode}\n${end.output}`);
  return end;
}

function atOnce<T>(items: readonly T[], run: (item: T) => Promise<ScriptResult>): Promise<readonly ScriptResult[]> {
  return Promise.all(items.map(run));
}

/** Plans, and emits for a system; answers what it printed. */
async function emit(round: Round, machine: Machine, system: string): Promise<string> {
  const file = path.join(machine.work, round.project, "emitted");
  await succeed(
    machine.run(`cd ${round.project}
sweepline matrix plan @sweep.txt -o sweep.json
${few(`sweepline matrix emit --for ${system} -o emitted`)}`),
  );
  return readFileSync(file, "utf8");
}

interface AzureStep {
  readonly script?: string;
  readonly workingDirectory?: string;
  readonly condition?: string;
  readonly publish?: string;
  readonly download?: string;
  readonly artifact?: string;
}

/** Azure: variables come as environment, in capitals; artifacts lie below the pipeline's folder. */
export const azure: RunRound = async (round) => {
  const artifacts = path.join(round.folder, "artifacts");
  mkdirSync(artifacts, { recursive: true });
  const runJob = async (steps: readonly AzureStep[], variables: Variables): Promise<ScriptResult> => {
    const machine = await clone(round);
    let output = "";
    let exitCode: number | null = 0;
    for (const { script, condition = "", ...step } of steps) {
      const [, forFork] = / (eq|ne)\(variables\['System\.PullRequest\.IsFork'\], 'True'\)/.exec(condition) ?? [];
      if (forFork === (round.author === "stranger" ? "ne" : "eq")) continue;
      if (exitCode !== 0 && !condition.includes("always()")) continue;
      if (step.publish !== undefined) {
        const named = (step.artifact ?? "").replace(
          "$(System.JobPositionInPhase)",
          path.basename(path.dirname(machine.work)),
        );
        const source = path.join(machine.work, step.publish);
        const target = path.join(artifacts, named, statSync(source).isFile() ? path.basename(source) : "");
        cpSync(source, target, { recursive: true });
      }
      if (script === undefined) continue;
      const env = { ...variables, PIPELINE_WORKSPACE: artifacts };
      const end = await machine.run(`cd ${step.workingDirectory ?? "."}\n${few(script)}`, env);
      output += end.output;
      exitCode ||= end.exitCode;
    }
    return { exitCode, output };
  };
  const first = await clone(round);
  const { jobs } = parse(readFileSync(path.join(first.work, "azure-pipelines.yml"), "utf8"));
  const [plan, point, collect] = jobs as { steps: AzureStep[] }[];
  const { output } = await succeed(runJob(plan?.steps ?? [], {}));
  const [, json = ""] = /^##vso\[task\.setvariable variable=matrix;isOutput=true\](.*)$/m.exec(output) ?? [];
  const legs = Object.values<Variables>(JSON.parse(json));
  const points = await atOnce(legs, (leg) => runJob(point?.steps ?? [], leg));
  return { points, collect: await runJob(collect?.steps ?? [], {}) };
};

interface BuildkiteStep {
  readonly commands?: readonly string[];
  readonly env?: Variables;
}

/** The agent's program: keeps artifacts and uploads in a folder; `$$` is a `$` to an upload. */
const agent = `#!/bin/sh
case "$1 $2" in
  "artifact upload") cp "$3" "$AGENT/" ;;
  "artifact download") cp "$AGENT/$3" "$4" ;;
  "pipeline upload") sed 's/\\$\\$/$/g' "$3" > "$AGENT/uploaded.yml" ;;
  *) exit 9 ;;
esac
`;

export const buildkite: RunRound = async (round) => {
  const folder = path.join(round.folder, "agent");
  mkdirSync(folder, { recursive: true });
  const bin = path.join(folder, "buildkite-agent");
  writeFileSync(bin, agent, { mode: 0o755 });
  const runStep = async ({ commands = [], env = {} }: BuildkiteStep) =>
    (await clone(round)).run(`PATH="${folder}:$PATH"\n${few(commands.join("\n"))}`, { ...env, AGENT: folder });
  const first = await clone(round);
  const pipeline = parse(readFileSync(path.join(first.work, ".buildkite/pipeline.yml"), "utf8"));
  const [plan, , collect] = pipeline.steps as BuildkiteStep[];
  await succeed(runStep(plan ?? {}));
  const uploaded = parse(readFileSync(path.join(folder, "uploaded.yml"), "utf8")).steps as BuildkiteStep[];
  return { points: await atOnce(uploaded, runStep), collect: await runStep(collect ?? {}) };
};

type CircleStep = string | { readonly run?: string | { readonly command: string } } | Record<string, unknown>;

interface CirclePersist {
  readonly persist_to_workspace?: { readonly paths: readonly string[] };
}

interface CircleJob {
  readonly working_directory: string;
  readonly environment?: Variables;
  readonly steps: readonly CircleStep[];
}

function circleScript(steps: readonly CircleStep[]): string {
  const scripts = steps.flatMap((step) => {
    const run = typeof step === "string" || !("run" in step) ? undefined : step.run;
    if (run === undefined) return [];
    return typeof run === "string" ? [run] : [(run as { command: string }).command];
  });
  return few(scripts.map((script) => `( ${script}\n)`).join("\n"));
}

/** CircleCI: a setup pipeline writes the continuation, which holds the jobs and the workflow over them. */
export const circleci: RunRound = async (round) => {
  const workspace = path.join(round.folder, "workspace");
  mkdirSync(workspace);
  const runJob = async (job: CircleJob, variables: Variables) => {
    const machine = await clone(round);
    const folder = job.working_directory.replace("~/project/", "");
    const script = `ln -s "$PWD" ~/project; cd ${folder}; . "$BASH_ENV"; ${circleScript(job.steps)}`;
    const here = path.join(machine.work, folder);
    for (const step of job.steps)
      if (typeof step !== "string" && "attach_workspace" in step) cpSync(workspace, here, { recursive: true });
    const author = round.author === "stranger" ? { CIRCLE_PR_USERNAME: "stranger" } : {};
    const end = await machine.run(script, { ...variables, ...author, BASH_ENV: "/dev/null" });
    for (const step of job.steps) {
      const kept = typeof step === "string" ? undefined : (step as CirclePersist).persist_to_workspace;
      for (const name of kept?.paths ?? [])
        cpSync(path.join(here, name), path.join(workspace, name), { recursive: true });
    }
    return { machine, folder, end };
  };
  const first = await clone(round);
  const config = parse(readFileSync(path.join(first.work, ".circleci/config.yml"), "utf8"));
  const { machine, folder, end } = await runJob(config.jobs.plan, {});
  await succeed(Promise.resolve(end));
  const last = config.jobs.plan.steps.at(-1)["continuation/continue"];
  const whole = parse(readFileSync(path.join(machine.work, folder, last.configuration_path), "utf8"));
  const [point, collect] = whole.workflows.sweep.jobs as [
    { point: { plan: string; matrix: { parameters: { point: readonly string[] } } } },
    { collect: { plan: string; requires: unknown } },
  ];
  if (JSON.stringify(collect.collect.requires) !== '[{"point":["success","failed","canceled"]}]')
    throw new Error("collect does not wait for all points");
  const points = await atOnce(point.point.matrix.parameters.point, async (text) => {
    const environment = whole.jobs.point.environment.POINT.replace("<< parameters.point >>", text);
    return (await runJob(whole.jobs.point, { POINT: environment, PLAN: point.point.plan })).end;
  });
  return { points, collect: (await runJob(whole.jobs.collect, { PLAN: collect.collect.plan })).end };
};

/** Jenkins: the script's own shell lines, in its order: plan, emit, one for each point of the list, collect. */
export const jenkins: RunRound = async (round) => {
  const machine = await clone(round);
  const script = readFileSync(path.join(machine.work, "Jenkinsfile"), "utf8");
  const [plan = "", emitting = "", cache = "", run = "", collecting = ""] = [
    ...script.matchAll(/\bsh (?:script: )?'([^']+)'/g),
  ].map(([, line]) => line ?? "");
  const [, folder = ""] = /\bdir\('([^']+)'\)/.exec(script) ?? [];
  await succeed(machine.run(`cd ${folder}\n${plan}\n${few(emitting)}`));
  const stash = path.join(machine.work, folder, "sweep.json");
  const list = JSON.parse(readFileSync(path.join(machine.work, folder, "points.json"), "utf8")) as string[];
  const runOn = async (line: string, variables: Variables) =>
    (await clone(round)).run(`cd ${folder}\ncp '${stash}' .\n${line}`, variables);
  return {
    points: await atOnce(list, (point) => runOn(`${cache}\n${run}`, { POINT: point })),
    collect: await runOn(collecting, {}),
  };
};

interface TektonParam {
  readonly name: string;
  /** undefined: from a secret, of which the repository's URL is the only one. */
  readonly value?: string;
}

interface TektonStep {
  readonly script: string;
  readonly env: readonly TektonParam[];
}

/** Tekton: the emitted Pipeline runs the tasks of the repository with params, which reach the script by its environment. */
export const tekton: RunRound = async (round) => {
  const first = await clone(round);
  const { spec } = parse(await emit(round, first, "tekton"));
  const documents = parseAllDocuments(readFileSync(path.join(first.work, ".tekton/sweepline.yaml"), "utf8"));
  const tasks = new Map(documents.map((document) => [document.toJS().metadata.name, document.toJS().spec]));
  const runTask = (name: string, params: readonly TektonParam[]) => {
    const [step] = tasks.get(name).steps as [TektonStep];
    const values = new Map(params.map((param) => [param.name, param.value]));
    const env = step.env.map(({ name: variable, value }) => [
      variable,
      // A workspace that is not bound has no path.
      value?.replace(/\$\((?:params|workspaces)\.([\w.]+)\)/, (_, param: string) => values.get(param) ?? "") ??
        round.url,
    ]);
    return emptyMachine(round).run(step.script, Object.fromEntries(env));
  };
  const given = [{ name: "revision", value: round.commit }];
  const [point] = spec.tasks;
  const [last] = spec.finally;
  const legs = point.matrix.include as { params: readonly TektonParam[] }[];
  const points = await atOnce(legs, ({ params }) =>
    runTask(point.taskRef.name, [...point.params, ...given, ...params]),
  );
  return { points, collect: await runTask(last.taskRef.name, [...last.params, ...given]) };
};

/** Kubernetes: as many pods as completions; each knows its index and the repository. */
export const kubernetes: RunRound = async (round) => {
  const { spec } = parse(await emit(round, await clone(round), "kubernetes"));
  const [container] = spec.template.spec.containers;
  const indices = Array.from({ length: spec.completions }, (_, index) => String(index));
  const points = await atOnce(indices, (index) =>
    emptyMachine(round).run(container.args[0], { REPOSITORY: round.url, JOB_COMPLETION_INDEX: index }),
  );
  return { points, collect: undefined };
};

/** Slurm: tasks of one array, submitted from a work tree that all of them see; results come back into it. */
export const slurm: RunRound = async (round) => {
  const login = await clone(round);
  const project = path.join(login.work, round.project);
  const store = path.join(round.folder, "store");
  mkdirSync(store);
  // Named by a relative path: from the clone of a task that would be another folder.
  const commit = "git -c user.name=x -c user.email=x commit --quiet --all --message store";
  const add = `sweepline remote add --default store '${path.relative(project, store)}'`;
  await succeed(login.run(`cd ${round.project}\n${add}\n${commit}`));
  const script = await emit(round, login, "slurm");
  const [, first, last] = /^#SBATCH --array=(\d+)-(\d+)$/m.exec(script) ?? [];
  const tasks = Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => String(Number(first) + at));
  const points = await atOnce(tasks, (task) =>
    emptyMachine(round).run(script, { SLURM_SUBMIT_DIR: project, SLURM_ARRAY_TASK_ID: task }),
  );
  execFileSync("git", ["push", "--quiet", "origin", "refs/exps/*:refs/exps/*", "refs/sweeps/*:refs/sweeps/*"], {
    cwd: login.work,
  });
  return { points, collect: await login.run(`cd ${round.project}\nsweepline matrix collect`) };
};

function listed(system: "json" | "lines", read: (text: string) => readonly string[]): RunRound {
  return async (round) => {
    const first = await clone(round);
    const points = read(await emit(round, first, system));
    const plan = path.join(first.work, round.project, "sweep.json");
    const run = async (point: string) =>
      (await clone(round)).run(`cd ${round.project}\nsweepline matrix run --plan '${plan}' --point "$1"`, {}, [point]);
    return { points: await atOnce(points, run), collect: undefined };
  };
}

export const json = listed("json", (text) => JSON.parse(text));
export const lines = listed("lines", (text) => text.trimEnd().split("\n"));
