/** Runs in a tracking server of MLflow, through its REST API 2.0. What was exported before is found by a tag, and left alone. */
import { SweeplineError } from "../../base/errors.ts";
import { isRecord, isText, parseJson } from "../../base/json.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import { postJson } from "../live/web-post.ts";
import { keyTag, type MlflowRun } from "./mlflow-runs.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Body = Readonly<Record<string, unknown>>;

/** A page of a thousand runs. */
const mostBytes = 64 << 20;
const limitMs = 60_000;
/** Of one call, as the server takes them. */
const most = { metrics: 1000, params: 100, tags: 100 } as const;

/** As MLflow's own client: MLFLOW_TRACKING_TOKEN, or name and password. */
function authorization(environment: Environment): Readonly<Record<string, string>> {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_TRACKING_USERNAME: user } = environment;
  if (token) return { authorization: `Bearer ${token}` };
  if (!user) return {};
  const secret = Buffer.from(`${user}:${environment.MLFLOW_TRACKING_PASSWORD ?? ""}`).toString("base64");
  return { authorization: `Basic ${secret}` };
}

function listIn(answer: Body, field: string): readonly Body[] {
  const list = answer[field];
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function textIn(answer: unknown, field: string): string | undefined {
  const value = isRecord(answer) ? answer[field] : undefined;
  return isText(value) ? value : undefined;
}

function pieces<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

export class MlflowServer {
  readonly #headers: Readonly<Record<string, string>>;

  constructor(
    private readonly url: URL,
    environment: Environment,
  ) {
    this.#headers = authorization(environment);
  }

  /** Answers how many runs are new. Errors: MLFLOW_FAILED; the same command goes on. */
  async write(experiment: string, runs: readonly MlflowRun[]): Promise<number> {
    const id = await this.#experiment(experiment);
    const known = new Map(await this.#known(id));
    let written = 0;
    for (const run of runs) {
      if (known.has(run.key)) continue;
      known.set(run.key, await this.#create(id, run, run.parent === undefined ? undefined : known.get(run.parent)));
      written++;
    }
    return written;
  }

  async #experiment(name: string): Promise<string> {
    const filter = `name = '${name.replaceAll("'", "")}'`;
    const found = listIn(await this.#post("experiments/search", { filter, max_results: 1 }), "experiments")[0];
    const id =
      textIn(found, "experiment_id") ?? textIn(await this.#post("experiments/create", { name }), "experiment_id");
    return id ?? this.#fail("it names no experiment");
  }

  /** The server's ids of runs by our key. A run that was not finished is none: it is made again. */
  async #known(experiment: string): Promise<readonly (readonly [string, string])[]> {
    const found: (readonly [string, string])[] = [];
    for (let page: string | undefined = ""; page !== undefined; ) {
      const answer: Body = await this.#post("runs/search", {
        experiment_ids: [experiment],
        filter: "attributes.status = 'FINISHED'",
        max_results: 1000,
        ...(page === "" ? {} : { page_token: page }),
      });
      for (const run of listIn(answer, "runs")) {
        const data = isRecord(run.data) ? run.data : {};
        const key = listIn(data, "tags").find((tag) => tag.key === keyTag)?.value;
        const id = textIn(run.info, "run_id");
        if (isText(key) && id !== undefined) found.push([key, id]);
      }
      page = textIn(answer, "next_page_token") || undefined;
    }
    return found;
  }

  async #create(experiment: string, run: MlflowRun, parent: string | undefined): Promise<string> {
    const tags = [...run.tags, ...(parent === undefined ? [] : ([["mlflow.parentRunId", parent]] as const))];
    const answer = await this.#post("runs/create", {
      experiment_id: experiment,
      run_name: run.name,
      start_time: run.at,
      tags: tags.slice(0, most.tags).map(([key, value]) => ({ key, value })),
    });
    const id = textIn(isRecord(answer.run) ? answer.run.info : undefined, "run_id") ?? this.#fail("it made no run");
    const params = [...run.params].map(([key, value]) => ({ key, value }));
    for (const part of pieces(params, most.params)) await this.#post("runs/log-batch", { run_id: id, params: part });
    const metrics = [...run.metrics].map(([key, value]) => {
      const number = Number.isFinite(value)
        ? value
        : Number.isNaN(value)
          ? "NaN"
          : value > 0
            ? "Infinity"
            : "-Infinity";
      return { key, value: number, timestamp: run.endedAt ?? run.at, step: 0 };
    });
    for (const part of pieces(metrics, most.metrics)) await this.#post("runs/log-batch", { run_id: id, metrics: part });
    await this.#post("runs/update", { run_id: id, status: "FINISHED", end_time: run.endedAt });
    return id;
  }

  async #post(call: string, body: Body): Promise<Body> {
    const base = this.url.href.endsWith("/") ? this.url.href : `${this.url.href}/`;
    const url = new URL(`api/2.0/mlflow/${call}`, base);
    const answer = await postJson({ url, headers: this.#headers, body: JSON.stringify(body), limitMs, mostBytes });
    if (answer.kind === "none") return this.#fail(answer.why);
    const parsed = parseJson(answer.text);
    if (answer.status === 200 && isRecord(parsed)) return parsed;
    return this.#fail(
      `${call}: the server says ${answer.status} ${textIn(parsed, "message")?.slice(0, 200) ?? ""}`.trim(),
    );
  }

  #fail(why: string): never {
    throw new SweeplineError({
      code: "MLFLOW_FAILED",
      message: `MLflow at '${withoutCredentials(this.url.href)}' did not take the runs: ${why}`,
      hint: "What it took stays there; the same command goes on.",
    });
  }
}
