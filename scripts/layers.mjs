/**
 * The order of the folders: who may import whom. `.dependency-cruiser.mjs` makes rules of these tables, and
 * ARCHITECTURE.md shows the first of them.
 *
 * Rows go from top to bottom. A folder imports from the rows below its own, never from one above, nor from its neighbours
 * in the row: so there can be no circle of folders. Types count as much as values, and so does what is loaded late.
 */

/** A folder's own files, without its inner folders. */
export const ownFiles = ".";

/** The top folders. */
export const layers = [
  ["src/cli", "src/page"],
  ["src/server"],
  ["src/run", "src/report", "src/ci"],
  ["src/experiments"],
  ["src/pipeline", "src/config", "src/sweep"],
  ["src/params", "src/store", "src/git"],
  ["src/project"],
  ["src/yaml"],
  ["src/base", "grammar"],
];

/** The neighbours that may be imported all the same: a CI job runs points as the queue does. */
export const besides = [{ from: "src/ci", to: "src/run" }];

/** Inside of a top folder, the same: its inner folders and its own files. */
export const innerLayers = {
  "src/cli": [
    [ownFiles],
    ["commands/compare", "commands/matrix", "commands/queue", "commands/studio", "commands/sweep", "commands/ui"],
    ["commands/exp"],
    ["commands/data", "commands/import"],
    ["commands/pipeline", "commands/metrics", "commands/plots", "commands/project"],
    ["commands", "options"],
    ["words"],
    ["terminal"],
  ],
  "src/page": [[ownFiles]],
  "src/server": [[ownFiles]],
  "src/run": [["search", "slurm"], [ownFiles], ["pool"], ["one", "limits"], ["stopping"]],
  "src/report": [["page"], ["curves", "plots", "progress", "view"], [ownFiles]],
  "src/ci": [["collect", "init", "job"], ["emit"], [ownFiles]],
  "src/experiments": [
    ["export", "share"],
    ["find", "plots"],
    ["make", "show"],
    ["copy", "live", "results", "upkeep"],
    ["queue"],
    ["coordinator"],
    ["recovery"],
    ["checkpoints", "point", "reading", "runs"],
    ["notes"],
    [ownFiles],
  ],
  "src/pipeline": [
    ["ask", "data", "edit", "import"],
    ["reproduce"],
    ["check", "source"],
    ["reading"],
    ["graph"],
    ["definition", "lock", "locks", "processes"],
    [ownFiles],
  ],
  "src/config": [[ownFiles]],
  "src/sweep": [[ownFiles], ["conditions", "samplers"], ["functions"]],
  "src/params": [[ownFiles], ["json", "python", "toml", "yaml"], ["text"]],
  "src/store": [["remotes"], ["rclone"], [ownFiles]],
  "src/git": [[ownFiles]],
  "src/project": [[ownFiles]],
  "src/yaml": [[ownFiles]],
  "src/base": [["trace", "watch"], [ownFiles], ["codes", "text"]],
  grammar: [["config-interpolation"], ["filter", "interpolation", "override"], [ownFiles]],
};

/** Third-party packages, and the folders that alone import them. */
export const packages = {
  "@decimalturn/toml-patch": ["src/params/toml"],
  "@lezer/python": ["src/params/python"],
  chevrotain: ["grammar"],
  commander: ["src/cli"],
  echarts: ["src/page"],
  "fastest-levenshtein": ["src/base/text"],
  "hyparquet-writer": ["src/experiments/export"],
  listr2: ["src/report/progress"],
  "ml-random-forest": ["src/experiments/find"],
  picocolors: ["src/report"],
  piscina: ["src/run/pool", "src/store/side-by-side.ts"],
  preact: ["src/page"],
  re2js: ["src/sweep/conditions"],
  "simple-git": ["src/git"],
  "smol-toml": ["src/params/toml"],
  "string-width": ["src/report"],
  "unique-names-generator": ["src/experiments"],
  vega: ["src/page"],
  "vega-embed": ["src/page"],
  yaml: ["src/params/yaml"],
};

/** Parts of Node that not everybody may use, and where they may be. All others are free. */
export const nodeModules = {
  fs: ["src/base"],
  child_process: [
    "src/base/cluster-jobs.ts",
    "src/git",
    "src/pipeline/processes",
    "src/pipeline/locks/flock.ts",
    "src/store/rclone/process.ts",
    "src/cli/terminal/pager.ts",
    "src/cli/terminal/browser.ts",
  ],
  worker_threads: ["src/run", "src/base/trace", "src/store/side-by-side.ts"],
  cluster: [],
  dgram: [],
  dns: [],
  http: ["src/server", "src/experiments/live/web-post.ts"],
  http2: [],
  https: ["src/experiments/live/web-post.ts"],
  net: ["src/server/server.ts"],
  tls: [],
};
