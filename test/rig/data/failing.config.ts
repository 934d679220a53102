import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["test/rig/data/failing.ts"], setupFiles: ["test/setup.ts"] } });
