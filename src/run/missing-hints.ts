import type { ExperimentsContext } from "../experiments/repository.ts";
import { sha256 } from "../store/hash.ts";
import { hintForMissing } from "./log-end.ts";

/** The hints on missing files of one run of the queue: a sweep fails over the same file again and again, and Git is asked once. */
export class MissingHints {
  readonly #context: ExperimentsContext;
  readonly #hints = new Map<string, Promise<string | undefined>>();

  constructor(context: ExperimentsContext) {
    this.#context = context;
  }

  /** @param output what the command that failed printed */
  hintFor(failed: { readonly missing: readonly string[] }, output: string): Promise<string | undefined> {
    const kind = sha256(JSON.stringify([failed.missing, output]));
    const hint = this.#hints.get(kind) ?? hintForMissing(this.#context, failed, output);
    this.#hints.set(kind, hint);
    return hint;
  }
}
