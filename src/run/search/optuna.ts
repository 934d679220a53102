/** Points that Optuna proposes, in the user's Python: TPE, CMA-ES, Gaussian processes. */
import { fileURLToPath } from "node:url";
import { SweeplineError } from "../../base/errors.ts";
import { LineProgram } from "../../pipeline/processes/line-program.ts";
import type { SearchSpace, SpaceAxis } from "../../sweep/space.ts";
import type { Proposer, ToldTrial } from "./proposer.ts";

export const optunaSamplers = ["tpe", "cmaes", "gp"] as const;
export type OptunaSampler = (typeof optunaSamplers)[number];

export interface OptunaRequest {
  readonly sampler: OptunaSampler;
  readonly seed: number;
  readonly directions: readonly ("minimize" | "maximize")[];
  readonly constraints: "none" | "some";
  /** Whether trials are asked for while others run. */
  readonly trials: "one by one" | "several at once";
  /** The Python that has Optuna. */
  readonly python: string;
}

/** What each sampler needs. */
const packages: Readonly<Record<OptunaSampler, string>> = {
  tpe: "optuna",
  cmaes: "optuna cmaes",
  gp: "optuna scipy torch",
};

function missing({ sampler, python }: OptunaRequest, words: string): SweeplineError {
  return new SweeplineError({
    code: "OPTUNA_MISSING",
    message: `optuna:${sampler} needs Python with ${packages[sampler].split(" ").join(" and ")}: ${words}`,
    hint: `${python} -m pip install ${packages[sampler]} - or name another Python in SWEEPLINE_PYTHON. random, sobol, halton and lhs need none.`,
  });
}

/** Errors: OPTUNA_MISSING. */
export async function optunaProposer(space: SearchSpace, request: OptunaRequest): Promise<Proposer> {
  const helper = new LineProgram(request.python, [programPath()]);
  const proposer = new OptunaProposer(helper, space, request);
  try {
    await proposer.open();
    return proposer;
  } catch (error) {
    helper.close();
    if (!(error instanceof SweeplineError) || error.code !== "HELPER_ENDED") throw error;
    throw missing(request, error.message);
  }
}

/** Beside dist/, where the bundle lies; three folders up from the sources. */
function programPath(): string {
  const up = import.meta.url.includes("/src/run/search/") ? "../../.." : "..";
  return fileURLToPath(new URL(`${up}/bin/optuna_sampler.py`, import.meta.url));
}

/** A share as Optuna has it: a float as it is, of values in a list the index. */
function coordinate(axis: SpaceAxis, share: number): number {
  return axis.kind === "float" ? share : Math.min(axis.size - 1, Math.floor(share * axis.size));
}

function shareAt(axis: SpaceAxis, value: unknown): number {
  if (typeof value !== "number") throw new TypeError("a coordinate is a number");
  return axis.kind === "float" ? Math.min(value, 1 - Number.EPSILON) : (value + 0.5) / axis.size;
}

class OptunaProposer implements Proposer {
  readonly #asked = new Set<number>();

  constructor(
    private readonly helper: LineProgram,
    private readonly space: SearchSpace,
    private readonly request: OptunaRequest,
  ) {}

  async open(): Promise<void> {
    const { sampler, directions, constraints, trials } = this.request;
    const { axes } = this.space;
    const facts = { constrained: constraints === "some", several: trials === "several at once" };
    await this.#send({ do: "open", axes, directions, sampler, ...facts });
  }

  async ask(number: number, attempt: number): Promise<readonly number[]> {
    this.#asked.add(number);
    const { point } = await this.#send({ do: "ask", number, seed: this.#seedOf(number, attempt) });
    return this.space.axes.map((axis, at) => shareAt(axis, Array.isArray(point) ? point[at] : undefined));
  }

  async tell({ number, shares, values, isFeasible }: ToldTrial): Promise<void> {
    // Its state goes from one trial to the next: what an earlier process asked for is asked for again.
    if (this.request.sampler === "cmaes" && !this.#asked.has(number)) await this.ask(number, 0);
    const point = this.space.axes.map((axis, at) => coordinate(axis, shares[at] ?? 0));
    await this.#send({ do: "tell", number, point, values: values ?? null, feasible: isFeasible });
  }

  close(): void {
    this.helper.close();
  }

  /** The same trial gets the same point whenever it is asked for. */
  #seedOf(number: number, attempt: number): number {
    return (Math.imul(this.request.seed + 1, 2_654_435_761) + number * 7919 + attempt * 104_729) >>> 0;
  }

  async #send(request: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
    const answer = await this.helper.ask(request);
    const { error, message } = answer;
    if (error === undefined) return answer;
    if (error === "missing") throw missing(this.request, String(message));
    throw new SweeplineError({ code: "HELPER_ENDED", message: `Optuna failed: ${String(message)}` });
  }
}
