/** What was made of the content of files, for who reads the same ones again. */
import { SweeplineError } from "../../base/errors.ts";

/** "latest": one content for each place, which a run reads again and again. "all": for many commits. */
export type Remembering = "latest" | "all";

export type Outcome<T> = { readonly value: T } | { readonly error: SweeplineError };

/** An expected failure as a value. */
export function outcomeOf<T>(make: () => T): Outcome<T> {
  try {
    return { value: make() };
  } catch (error) {
    if (error instanceof SweeplineError) return { error };
    throw error;
  }
}

export function valueOrThrow<T>(outcome: Outcome<T>): T {
  if ("error" in outcome) throw outcome.error;
  return outcome.value;
}

/** What was made of the content of files. */
export class Kept<T> {
  private readonly places = new Map<string, Map<string, T>>();

  constructor(private readonly remember: Remembering) {}

  /**
   * What `make` makes of this content at this place, once.
   * @param id of the content; undefined: nothing is kept
   */
  of(place: string, id: string | undefined, make: () => T): T {
    if (id === undefined) return make();
    const before = this.places.get(place);
    const known = before?.get(id);
    if (known !== undefined) return known;
    const made = make();
    if (before === undefined || this.remember === "latest") this.places.set(place, new Map([[id, made]]));
    else before.set(id, made);
    return made;
  }

  clear(): void {
    this.places.clear();
  }
}
