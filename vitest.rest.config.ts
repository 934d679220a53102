import { defineConfig } from "vitest/config";
import { reportersOf, settings } from "./vitest.config.ts";
import { quick } from "./vitest.quick.config.ts";

/** What `npm test` leaves out: .ci/run has run that already. */
const exclude = [...(settings.exclude ?? []), ...quick];

export default defineConfig({ test: { ...settings, name: "rest", exclude, ...reportersOf("dot") } });
