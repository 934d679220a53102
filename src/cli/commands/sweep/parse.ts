import { Command } from "commander";
import { exitCodes, type SweeplineError } from "../../../base/errors.ts";
import { jsonOf } from "../../../base/text/visible.ts";
import { type ReadOutcome, readForPeople } from "../../../sweep/reading.ts";
import { recordedOverride } from "../../../sweep/recorded.ts";
import { printFailure } from "../../terminal/failure.ts";
import type { ExitCode, Io } from "../../terminal/io.ts";
import { answerLines, Output, textOf, textsOf } from "../../terminal/lines.ts";
import type { CommandFactory } from "../command.ts";

interface Options {
  readonly json?: boolean;
  readonly jsonl?: boolean;
}

const examples = `
Examples:
  $ sweepline parse lr=0.1,0.01 'units=range(64,257,64)'
  $ sweepline parse "text='a b'" +new.key=1 '~old' models.json:layers=[1,2]
  $ sweepline parse --json lr=0.1
  $ echo '{"id": 1, "input": "lr=0.1"}' | sweepline parse --jsonl

An override is [FILE:]KEY=VALUE, with + (add), ++ (add or change) or ~ (delete) before the key.
Quote it for your shell where it holds brackets, blanks or a ~.`;

// What is read is told, not drawn: a shuffled sweep keeps the order given.
const inOrder = { random: () => 1 - Number.EPSILON };

/** `sweepline parse`: how each override is read. All that cannot be read are reported together. */
export const command: CommandFactory = (io, finish) =>
  new Command("parse")
    .description("Explain how overrides are read")
    .argument("[overrides...]", "overrides, as for 'exp run --set-param' and 'sweep'")
    .option("--json", "print as one JSON list")
    .option("--jsonl", "answer lines of JSON on the standard input: {id, input, glob_options}")
    .addHelpText("after", examples)
    .action(async (overrides: string[], options: Options, self: Command) => {
      if (options.jsonl) finish(await answerRequests(io));
      else if (overrides.length === 0) self.error("error: missing argument 'overrides'");
      else finish(options.json ? await printRecords(io, overrides) : await printWords(io, overrides));
    });

async function answerRequests(io: Io): Promise<ExitCode> {
  await answerLines(io, {
    answer: (request) => {
      const globOptions = textsOf(request, "glob_options");
      const context = globOptions === undefined ? inOrder : { ...inOrder, globOptions };
      return { ...recordedOverride(textOf(request, "input"), context) };
    },
    refuse: (error) => ({ ok: false, error }),
  });
  return exitCodes.ok;
}

async function printRecords(io: Io, overrides: readonly string[]): Promise<ExitCode> {
  const output = new Output(io);
  let exitCode: ExitCode = exitCodes.ok;
  await output.write("[");
  for (const [index, outcome] of readForPeople(overrides, inOrder).entries()) {
    const record = { input: overrides[index], file: outcome.file, ...recordedOverride(outcome.text, inOrder) };
    if (!outcome.ok) exitCode = exitCodes.refused;
    await output.write(`${index === 0 ? "\n" : ",\n"}${jsonOf(record)}`);
  }
  await output.write("\n]\n");
  await output.flush();
  return exitCode;
}

async function printWords(io: Io, overrides: readonly string[]): Promise<ExitCode> {
  const output = new Output(io);
  const failures: SweeplineError[] = [];
  for (const outcome of readForPeople(overrides, inOrder)) {
    if (outcome.ok) await output.write(wordsOf(outcome));
    else failures.push(outcome.error);
  }
  await output.flush();
  for (const failure of failures) printFailure(failure, io);
  return failures.length === 0 ? exitCodes.ok : exitCodes.refused;
}

function wordsOf(outcome: Extract<ReadOutcome, { readonly ok: true }>): string {
  return [outcome.text, ...outcome.lines.map((line) => `  ${line}`), ""].join("\n");
}
