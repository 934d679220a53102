import { Command, InvalidArgumentError } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { floatRepr } from "../../../base/python.ts";
import { readableShellWord } from "../../../base/text/shell-word.ts";
import { jsonOf } from "../../../base/text/visible.ts";
import { projectGroups } from "../../../experiments/point/project-groups.ts";
import { type Jobs, sweepJobs } from "../../../sweep/jobs.ts";
import { withOverrideFiles } from "../../../sweep/overrides-file.ts";
import { type ProductRequest, recordedProduct } from "../../../sweep/recorded.ts";
import { compositionSettings } from "../../options/composition.ts";
import { addShapeOptions, askedShape, type ShapeFlags } from "../../options/sweep-shape.ts";
import type { Io } from "../../terminal/io.ts";
import { answerLines, Output, textsOf } from "../../terminal/lines.ts";
import type { CommandFactory } from "../command.ts";

interface Options extends ShapeFlags {
  readonly json?: boolean;
  readonly jsonl?: boolean;
  readonly maxBatchSize?: number;
}

const examples = `
Examples:
  $ sweepline expand lr=0.1,0.01 'units=range(64,257,64)'
  $ sweepline expand lr=0.1,0.01 models.json:depth=2,4 | wc -l
  $ sweepline expand lr=0.1,0.01 units=64,128 --zip lr,units
  $ sweepline expand 'a=range(9)' 'b=range(9)' --where 'a < b and a + b < 9'
  $ sweepline expand opt=sgd,adam momentum=0.5,0.9 --when 'momentum: opt == "sgd"'
  $ sweepline expand --json --max-batch-size 10 'seed=range(100)'
  $ echo '{"id": 1, "args": ["a=1,2"], "max_batch_size": null}' | sweepline expand --jsonl

Each line is one job, quoted for a shell: the last key varies fastest. With --max-batch-size,
a blank line stands between batches. In lines of JSON, glob_options are the names that glob() picks from:
  $ echo '{"id": 1, "args": ["m=glob(s*)"], "glob_options": ["small", "large"]}' | sweepline expand --jsonl`;

/** `sweepline expand`: the jobs that a list of overrides stands for, without running any. */
export const command: CommandFactory = (io, finish) =>
  addShapeOptions(
    new Command("expand")
      .description("Print the jobs of a sweep, one a line")
      .argument("[overrides...]", "overrides, as for 'sweep' (@file: one a line)")
      .option("--json", "print {jobs, batches} as JSON")
      .option("--jsonl", "answer lines of JSON on the standard input: {id, args, max_batch_size, params, glob_options}")
      .option("--max-batch-size <number>", "cut the jobs into batches of that size", wholeNumber),
  )
    .addHelpText("after", examples)
    .action(async (overrides: string[], options: Options, command: Command) => {
      if (options.jsonl) await answerRequests(io);
      else {
        const expandOptions = {
          composed: "all",
          groupOptions: projectGroups(io.cwd, compositionSettings(io)),
        } as const;
        const shape = askedShape(options, command);
        const and = shape.and.map((texts) => withOverrideFiles(texts, io.cwd));
        const sweep = { overrides: withOverrideFiles(overrides, io.cwd), shape: { ...shape, and } };
        const jobs = await sweepJobs(sweep, options.maxBatchSize ?? null, expandOptions);
        await (options.json ? printJson(io, jobs) : printLines(io, jobs));
      }
      finish(exitCodes.ok);
    });

function wholeNumber(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number above zero.");
}

async function answerRequests(io: Io): Promise<void> {
  await answerLines(io, {
    answer: (request) => ({ ...recordedProduct(productRequest(request)) }),
    refuse: (error) => ({ error }),
  });
}

function productRequest(request: Readonly<Record<string, unknown>>): ProductRequest {
  const globOptions = textsOf(request, "glob_options");
  const size = request.max_batch_size ?? null;
  const params = Object.entries(request.params ?? {}).map(([key, value]) => `${key}=${paramText(value)}`);
  return {
    args: textsOf(request, "args") ?? [],
    maxBatchSize: size === null ? null : Number(size),
    params,
    context: globOptions === undefined ? {} : { globOptions },
  };
}

/** hydra.sweeper.params come from a config file: what is no text there is written as Python writes it. */
function paramText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : floatRepr(value);
  return value === null ? "None" : value === true ? "True" : value === false ? "False" : JSON.stringify(value);
}

async function printLines(io: Io, { jobs, batches }: Jobs): Promise<void> {
  const output = new Output(io);
  const size = batches[0] ?? 0;
  let index = 0;
  for (const job of jobs) {
    if (index > 0 && index % size === 0) await output.write("\n");
    await output.write(`${job.map(readableShellWord).join(" ")}\n`);
    index++;
  }
  await output.flush();
}

async function printJson(io: Io, { jobs, batches }: Jobs): Promise<void> {
  const output = new Output(io);
  await output.write('{"jobs":[');
  let separator = "\n";
  for (const job of jobs) {
    await output.write(separator + jsonOf(job));
    separator = ",\n";
  }
  await output.write(`\n],"batches":${jsonOf(batches)}}\n`);
  await output.flush();
}
