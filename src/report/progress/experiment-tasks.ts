/**
 * Experiments as listr2 tasks. listr2 keeps each one's state (started, completed, failed, skipped), its title, its output
 * (the stage) and its message, and calls the renderer below, which feeds the board. listr2's own renderer keeps every
 * finished task on the screen and draws at each change, which a sweep of 1,000 points can't use: hence one of ours, in
 * the way listr2 offers for that.
 */
import {
  LISTR_LOGGER_STYLE,
  Listr,
  ListrLogger,
  ListrLogLevels,
  type ListrRenderer,
  type ListrRendererFactory,
  type ListrTaskObject,
  type ListrTaskWrapper,
  ProcessOutput,
  Spinner,
} from "listr2";
import { visible } from "../../base/text/visible.ts";
import type { Value } from "../../base/value.ts";
import type { ExperimentLabel } from "../../experiments/events.ts";
import { textWidth } from "../width.ts";
import { Board } from "./board.ts";
import { metricsText, overridesText, shortOverrides } from "./lines.ts";
import type { Paints } from "./live-lines.ts";
import { mostWrapped } from "./live-region.ts";
import type { Tally } from "./tally.ts";

/** How an experiment's task ends, with the text that stays on the screen; a dropped one leaves none. */
export type TaskEnd =
  | { readonly kind: "finished" | "failed" | "requeued"; readonly text: string }
  | { readonly kind: "dropped" };

type Task = ListrTaskObject<unknown, ListrRendererFactory, ListrRendererFactory>;
type TaskWrapper = ListrTaskWrapper<unknown, ListrRendererFactory, ListrRendererFactory>;

/** What the renderer of one experiment needs to know. */
interface ExperimentRendererOptions {
  readonly board: Board;
  readonly logger: ListrLogger<ListrLogLevels>;
  readonly spinner: Spinner;
  readonly paints: Paints;
  readonly overrides: string;
  /** What an experiment of that title has written so far, or "". */
  readonly metricsOf: (title: string) => string;
  readonly startedAt: number;
}

interface LastLine {
  readonly level: ListrLogLevels;
  readonly text: string | undefined;
  readonly paint: (text: string) => string;
}

/** The line that a task leaves behind, by the state it is in; it has no text where there is none to show. */
function lastLine(task: Task, paints: Paints): LastLine {
  if (task.hasFailed()) return { level: ListrLogLevels.FAILED, text: task.message.error, paint: paints.bad };
  if (task.isSkipped()) return { level: ListrLogLevels.SKIPPED, text: task.message.skip, paint: paints.busy };
  return { level: ListrLogLevels.COMPLETED, text: task.title, paint: paints.good };
}

class ExperimentRenderer implements ListrRenderer {
  // Whether the output is a terminal was decided before.
  static nonTTY = true;
  static rendererOptions: ExperimentRendererOptions;
  static rendererTaskOptions: Record<string, never>;
  readonly #tasks: readonly Task[];
  readonly #options: ExperimentRendererOptions;
  #hideAll: (() => void)[] = [];

  constructor(tasks: Task[], options: ExperimentRendererOptions) {
    this.#tasks = tasks;
    this.#options = options;
  }

  readonly render = (): void => {
    const { board, spinner, overrides, startedAt, metricsOf } = this.#options;
    this.#hideAll = this.#tasks.map((task) =>
      board.show(() => ({
        icon: spinner.fetch(),
        name: task.initialTitle ?? "",
        stage: task.output ?? "",
        overrides,
        metrics: metricsOf(task.initialTitle ?? ""),
        startedAt,
      })),
    );
  };

  readonly end = (): void => {
    for (const hide of this.#hideAll) hide();
    const { board, logger, paints } = this.#options;
    for (const task of this.#tasks) {
      const { level, text, paint } = lastLine(task, paints);
      if (text !== undefined) board.persist([{ text: logger.icon(level), paint }, { text: ` ${text}` }]);
    }
  };
}

/** An experiment that runs: the two ends of its task's promise, and the stage told before listr2 called the task. */
class RunningTask {
  readonly #ended: Promise<TaskEnd>;
  #resolve: (end: TaskEnd) => void = () => {};
  #wrapper: TaskWrapper | undefined;
  #stage = "";

  constructor() {
    this.#ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  end(end: TaskEnd): void {
    this.#resolve(end);
  }

  showStage(stage: string): void {
    this.#stage = stage;
    if (this.#wrapper !== undefined) this.#wrapper.output = stage;
  }

  /** The task's work, as listr2 calls it: to wait for the end. What it throws makes the task a failed one. */
  async follow(wrapper: TaskWrapper): Promise<void> {
    this.#wrapper = wrapper;
    this.showStage(this.#stage);
    const end = await this.#ended;
    if (end.kind === "failed") throw new Error(end.text);
    if (end.kind === "finished") wrapper.title = [end.text];
    if (end.kind === "requeued") wrapper.skip(end.text);
    if (end.kind === "dropped") wrapper.skip();
  }
}

export class ExperimentTasks {
  readonly #board: Board;
  readonly #logger: ListrLogger<ListrLogLevels>;
  readonly #paints: Paints;
  readonly #stdout: NodeJS.WriteStream;
  readonly #spinner = new Spinner();
  readonly #running = new Map<string, RunningTask>();
  readonly #runs = new Set<Promise<unknown>>();
  readonly #metrics = new Map<string, string>();

  constructor(facts: {
    readonly stdout: NodeJS.WriteStream;
    readonly stderr: NodeJS.WriteStream;
    readonly tally: Tally;
    readonly paints: Paints;
  }) {
    const { stdout, stderr, tally, paints } = facts;
    this.#logger = new ListrLogger<ListrLogLevels>({
      useIcons: true,
      processOutput: new ProcessOutput(stdout, stderr),
      icon: { ...LISTR_LOGGER_STYLE.icon },
    });
    const output = this.#logger.process;
    this.#board = new Board({
      stdout,
      write: (text) => void output.toStdout(text, false),
      tally,
      paints,
      spin: () => this.#spinner.spin(),
    });
    this.#paints = paints;
    this.#stdout = stdout;
  }

  /** Whether a lasting line of that text is shown in full. */
  fits(text: string): boolean {
    return textWidth(text) < (mostWrapped - 2) * (this.#stdout.columns || 80);
  }

  start(label: ExperimentLabel, startedAt: number): void {
    // A name that is told to start twice replaces its first task.
    this.end(label.name, { kind: "dropped" });
    const running = new RunningTask();
    this.#running.set(label.name, running);
    const tasks = new Listr([{ title: visible(label.name), task: (_context, wrapper) => running.follow(wrapper) }], {
      renderer: ExperimentRenderer,
      rendererOptions: {
        board: this.#board,
        logger: this.#logger,
        spinner: this.#spinner,
        paints: this.#paints,
        overrides: overridesText(shortOverrides(label.overrides)),
        metricsOf: (title) => this.#metrics.get(title) ?? "",
        startedAt,
      },
      fallbackRenderer: "silent",
      // A failed experiment is a result, and signals are the command's business.
      exitOnError: false,
      collectErrors: false,
      registerSignalListeners: false,
    });
    const run = tasks.run().finally(() => this.#runs.delete(run));
    this.#runs.add(run);
  }

  showMetrics(name: string, metrics: ReadonlyMap<string, Value>): void {
    this.#metrics.set(visible(name), metricsText(metrics));
  }

  showStage(name: string, stage: string): void {
    this.#running.get(name)?.showStage(visible(stage));
  }

  /** A line that stays. */
  say(text: string): void {
    this.#board.persist([{ text }]);
  }

  end(name: string, end: TaskEnd): void {
    this.#running.get(name)?.end(end);
    this.#running.delete(name);
    this.#metrics.delete(visible(name));
  }

  /** Drops what still runs, draws the rest and gives the terminal back. */
  async close(): Promise<void> {
    for (const name of [...this.#running.keys()]) this.end(name, { kind: "dropped" });
    await Promise.all(this.#runs);
    this.#board.close();
  }
}
