/**
 * The number from which property tests draw their values and a file's tests their order: the same each time, so that a red
 * run has its cause in the change and not in the dice. SWEEPLINE_SEED=random draws anew; SWEEPLINE_SEED=N repeats a run.
 */
const setting = process.env.SWEEPLINE_SEED ?? "20261122";

/** undefined: drawn anew. */
export const seed: number | undefined = setting === "random" ? undefined : Number(setting);
