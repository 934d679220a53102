import { defineConfig } from "vitest/config";
import { reportersOf, settings } from "./vitest.config.ts";

/** `npm run fuzz`: two drivers, each a process of its own. */
export default defineConfig({
  test: {
    ...settings,
    name: "fuzz",
    include: ["test/fuzz/*.test.ts"],
    exclude: [],
    testTimeout: 6 * 3_600_000,
    maxConcurrency: 2,
    ...reportersOf("default"),
  },
});
