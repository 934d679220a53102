/** What resolving an interpolation needs and what can become of it. */
import type { ConfigNode, Path } from "./types.ts";

export interface InterpolationOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** An interpolation of a value that is `???`: refuse it, or (as DVC dumps it) become `???` too. */
  readonly missing?: "refuse" | "keep";
  /** Told what oc.deprecated has to say. */
  warn?(message: string): void;
}

/** A node and where it stands; `isResolved` where nothing in it is open any more. */
export interface Located {
  readonly node: ConfigNode;
  readonly path: Path;
  readonly isResolved: boolean;
  /**
   * A mapping or list that a resolver gives as a bare value (oc.decode, the default of oc.select): no container to
   * OmegaConf, so that nothing can be looked up in it or merged into it.
   */
  readonly isBare?: boolean;
}

/** Why an interpolation has no value; caught where the value that holds it is known. */
export class InterpolationFailure extends Error {
  constructor(
    readonly code: "CONFIG_INTERPOLATION" | "CONFIG_MISSING_VALUE",
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}
