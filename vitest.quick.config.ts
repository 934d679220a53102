import { defineConfig } from "vitest/config";
import { reportersOf, settings } from "./vitest.config.ts";

/** Every module's own tests, and of each group of commands the file that tells most in a few seconds. */
export const quick = [
  "test/{base,config,docs,experiments,git,grammar,lint,params,pipeline,project,report,rig,scripts,sweep,yaml}/**/*.test.ts",
  // Not those that talk to servers.
  "test/store/**/!(rclone|rclone-death).test.ts",
  "test/run/{limits,one}/*.test.ts",
  "test/run/{background,entry-source,outcomes,run-queue,settle}.test.ts",
  "test/ci/{examples,gather,plan,planning,shards}.test.ts",
  "test/ci/{collect,job}/*.test.ts",
  "test/cli/{usage,failure}.test.ts",
  "test/cli/exp/{run,show}.test.ts",
  "test/cli/queue/queue.test.ts",
  "test/cli/sweep/{parse,preview}.test.ts",
];

export default defineConfig({ test: { ...settings, name: "quick", include: quick, ...reportersOf("dot") } });
