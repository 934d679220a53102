/**
 * Property tests draw the same values each time, so that a red run has its cause in the change and not in the dice.
 * SWEEPLINE_SEED=random draws anew; SWEEPLINE_SEED=N repeats a run.
 */
import { configureGlobal } from "fast-check";

const setting = process.env.SWEEPLINE_SEED ?? "20261122";
if (setting !== "random") configureGlobal({ seed: Number(setting) });
