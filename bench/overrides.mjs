// Overrides parsed a second, warm: our parser bundled by itself, and Hydra's where it is installed.
import path from "node:path";
import { build } from "esbuild";
import { runProgram, temporaryFolder, writeFiles } from "./measure.mjs";

const texts = [
  "lr=0.001",
  "train.optimizer.momentum=0.9",
  "+train.note=hello",
  "++model.layers=[16,32,64]",
  "~train.scheduler",
  "db=mysql,postgresql",
  "units=range(64,257,64)",
  "lr=choice(0.1,0.01,0.001)",
  "name='a quoted value'",
  "config={a:1,b:{c:[1,2,3]}}",
  "seed=1,2,3,4,5",
  "x=sort(3,1,2,reverse=true)",
  "group@package=option",
  "path=/data/raw/file.csv",
  "url=https://example.com/a_b-c",
  "flag=true",
  "none=null",
  "x=glob(a*,exclude=[ab*])",
  "rate=interval(0.0,1.0)",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an interpolation of the override language
  "y=${train.lr}",
];

const script = (parser) => `import { parseOverride } from ${JSON.stringify(parser)};
const texts = ${JSON.stringify(texts)};
function parseFor(milliseconds) {
  const end = performance.now() + milliseconds;
  let parsed = 0;
  const started = performance.now();
  while (performance.now() < end) {
    for (let round = 0; round < 50; round++) for (const text of texts) parseOverride(text);
    parsed += 50 * texts.length;
  }
  return (parsed / (performance.now() - started)) * 1000;
}
parseFor(1000);
console.log(parseFor(2000));
`;

const peerScript = `import json, sys, time
from hydra.core.override_parser.overrides_parser import OverridesParser
texts = json.loads(sys.argv[1])
parser = OverridesParser.create()
def parse_for(seconds):
    start = time.perf_counter()
    parsed = 0
    while time.perf_counter() < start + seconds:
        parser.parse_overrides(texts)
        parsed += len(texts)
    return parsed / (time.perf_counter() - start)
parse_for(1)
print(parse_for(2))
`;

async function rateOf(bench, argv) {
  const { stdout } = await runProgram({ argv, cwd: temporaryFolder(), env: bench.env });
  return Number(stdout);
}

/** Overrides a second, ours and Hydra's, over the same mixed list. */
export async function measureOverrides(bench) {
  const folder = temporaryFolder();
  writeFiles(folder, { "entry.mjs": script(path.join(import.meta.dirname, "..", "grammar", "override", "parse.ts")) });
  const bundle = path.join(folder, "bundle.mjs");
  await build({
    entryPoints: [path.join(folder, "entry.mjs")],
    outfile: bundle,
    bundle: true,
    format: "esm",
    platform: "node",
    nodePaths: [path.join(import.meta.dirname, "..", "node_modules")],
    logLevel: "error",
  });
  const perSecond = await rateOf(bench, [process.execPath, bundle]);
  if (bench.python === undefined) return { perSecond };
  return { perSecond, peerPerSecond: await rateOf(bench, [bench.python, "-c", peerScript, JSON.stringify(texts)]) };
}
