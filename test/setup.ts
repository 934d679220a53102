/**
 * For every test file: what it leaves behind is removed after its last test.
 *
 * Property tests draw the same values each time, so that a red run has its cause in the change and not in the dice.
 * SWEEPLINE_SEED=random draws anew; SWEEPLINE_SEED=N repeats a run.
 */
import { configureGlobal } from "fast-check";
import { afterAll } from "vitest";
import { cleanUp } from "./rig/clean-up.ts";

const setting = process.env.SWEEPLINE_SEED ?? "20261122";
if (setting !== "random") configureGlobal({ seed: Number(setting) });

afterAll(cleanUp);
