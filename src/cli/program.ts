import path from "node:path";
import { Command, CommanderError } from "commander";
import { errnoWords } from "../base/errno.ts";
import { exitCodes, SweeplineError, systemErrorCode } from "../base/errors.ts";
import { existsSync } from "../base/files.ts";
import { visibleText } from "../base/text/visible.ts";
import { version } from "../base/version.ts";
import { catalog } from "./catalog.ts";
import type { CatalogEntry } from "./catalog-entry.ts";
import type { CommandFactory } from "./commands/command.ts";
import { currentFolder } from "./current-folder.ts";
import { endDeadRuns } from "./end-dead-runs.ts";
import { verboseHelp } from "./options/talk.ts";
import { commandWords, resolveEntries } from "./resolve.ts";
import { refuseTrackedState } from "./state-gate.ts";
import { failureEvent, printFailure } from "./terminal/failure.ts";
import type { ExitCode, Io, ProcessIo } from "./terminal/io.ts";
import { elsewhereHint, usageErrorText } from "./unknown-command.ts";

/** A help request for a command that there is not, in words; undefined for any other command line. */
function helpForNothing(argv: readonly string[]): string | undefined {
  const at = argv.indexOf("help");
  const before = argv.slice(0, at);
  const after = argv.slice(at + 1).filter((word) => !word.startsWith("-"));
  const groups = resolveEntries(before);
  const isHelp = at >= 0 && groups.length === before.length && groups.every((entry) => entry.commands !== undefined);
  if (!isHelp || resolveEntries([...before, ...after]).length === before.length + after.length) return undefined;
  return [...before, ...after].join(" ");
}

/** `help exp run` and `exp help run` as `exp run --help`; other command lines as they are. */
function helpRewritten(argv: readonly string[]): readonly string[] {
  const at = argv.indexOf("help");
  const words = argv.filter((_, index) => index !== at);
  const isHelp = at >= 0 && at < argv.length - 1 && resolveEntries(words).length === words.length;
  return isHelp ? [...words, "--help"] : argv;
}

function unknownCommand(words: string): SweeplineError {
  return new SweeplineError({
    code: "UNKNOWN_COMMAND",
    message: `there is no command '${words}'`,
    hint: "`sweepline help` lists them.",
  });
}

const folderFaults: Readonly<Record<string, string>> = {
  ...errnoWords,
  ENOENT: "there is no such folder",
  ENOTDIR: "it is not a folder",
};

/** Makes the folder of --cd the process's own: for children, and for names that are relative. Throws BAD_FOLDER. */
function enterFolder(folder: string): void {
  try {
    process.chdir(folder);
  } catch (error) {
    const fault = folderFaults[systemErrorCode(error) ?? ""];
    if (fault === undefined) throw error;
    throw new SweeplineError({ code: "BAD_FOLDER", message: `--cd '${folder}': ${fault}` });
  }
}

/** As `git -C a -C b`. */
function folderFrom(folder: string, before: string | undefined): string {
  return before === undefined || path.isAbsolute(folder) ? folder : path.join(before, folder);
}

/** The one place where the working folder is asked for: everybody else is told it, as Io.cwd or a plain path. */
function workingFolder(asked: string | undefined): string {
  if (asked !== undefined) enterFolder(asked);
  const folder = currentFolder();
  // Node puts U+FFFD in the place of bytes that are no UTF-8: by that name the folder is not found.
  if (!folder.includes("\ufffd") || existsSync(folder)) return folder;
  throw new SweeplineError({ code: "BAD_FOLDER", message: `the name of the folder is not UTF-8: '${folder}'` });
}

/** The io of one command line, with a folder that --cd changes and a stdout that --quiet closes. */
type OwnIo = { -readonly [Key in keyof Io]: Io[Key] };

/** Commands that print events with --json (docs/events.md). */
const eventful: ReadonlySet<string> = new Set(["sweep", "run"]);

/** Commands whose output is what they were asked for: --quiet leaves it. */
const answers: ReadonlySet<string> = new Set(["show", "diff", "list", "logs", "status"]);

/** Commands that need no state of this machine. */
const stateless: ReadonlySet<string> = new Set(["init", "version", "completion", "config"]);

interface TalkFlags {
  readonly quiet?: boolean;
  /** A number where it is counted; some commands have a -v of their own. */
  readonly verbose?: number | true;
}

/** As DVC's: every command takes them, before its name and after. */
function addTalkOptions(command: Command): void {
  const has = (flag: string) => command.options.some((option) => option.short === flag);
  if (!has("-q")) command.option("-q, --quiet", "print errors only");
  if (!has("-v")) command.option("-v, --verbose", verboseHelp, (_, times) => times + 1, 0);
}

/** Wherever they stood; those before the command's name are handed on to a command that has them for itself. */
function talkFlags(root: Command, action: Command): { readonly quiet: boolean; readonly verbose: number } {
  const [before, after] = [root.opts<TalkFlags>(), action.opts<TalkFlags>()];
  const verbose = Number(before.verbose ?? 0) + Number(after.verbose ?? 0);
  const quiet = before.quiet === true || after.quiet === true;
  if (quiet) action.setOptionValue("quiet", true);
  if (verbose > 0) action.setOptionValue("verbose", verbose);
  return { quiet, verbose };
}

/** Takes everything and tells nothing, but tells that it is handed over: somebody may wait for that. */
function silenced(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = (_text: unknown, ...rest: readonly unknown[]) => {
    const told = rest.at(-1);
    if (typeof told === "function") process.nextTick(told);
    return true;
  };
  return Object.create(stream, { write: { value: write }, isTTY: { value: false } }) as NodeJS.WriteStream;
}

/** Milliseconds since the process began. `performance` would load eight modules of Node's for it. */
function sinceStart(): number {
  return process.uptime() * 1000;
}

/** How a command is made: see CommandFactory. */
type Make = (factory: CommandFactory) => Promise<Command>;

/** Where somebody asks for its help, with its options under headings. */
async function withHeadings(
  command: Command,
  { words, chosen }: { readonly words: readonly string[]; readonly chosen: readonly CatalogEntry[] },
): Promise<Command> {
  if (!words.includes("--help") && !words.includes("-h")) return command;
  const { groupOptions } = await import("./options/help-groups.ts");
  groupOptions(command, chosen.map(({ name }) => name).join(" "));
  return command;
}

/** Adds the commands of one level; of those of the command line, `chosen`, all that they hold. */
async function attach(
  parent: Command,
  entries: readonly CatalogEntry[],
  { chosen, make }: { readonly chosen: readonly CatalogEntry[]; readonly make: Make },
): Promise<void> {
  for (const entry of entries) {
    const isChosen = chosen[0] === entry;
    // One that stands above another that is chosen has nothing to do.
    const isRun = isChosen && chosen.length === 1;
    const loaded = isRun && entry.load ? await make((await entry.load()).command) : new Command(entry.name);
    if (loaded.description() === "") loaded.description(entry.summary);
    loaded.summary(entry.summary);
    for (const alias of entry.aliases ?? []) loaded.alias(alias);
    loaded.copyInheritedSettings(parent);
    if (isRun && entry.load) addTalkOptions(loaded);
    if (chosen.some((each) => each.takesCommand)) loaded.enablePositionalOptions();
    if (entry.commands !== undefined) {
      await attach(loaded, entry.commands, { chosen: isChosen ? chosen.slice(1) : [], make });
      if (entry.load === undefined) loaded.usage("COMMAND [OPTIONS]");
      // Options behind `sweep list` are its own.
      else loaded.enablePositionalOptions();
    }
    parent.addCommand(loaded, { hidden: entry.hidden === true });
  }
}

/** What is to be parsed of what was typed, or by whom else; undefined where nothing is left to do. */
async function commandLineOf(typed: readonly string[]): Promise<readonly string[] | undefined> {
  if (typed[0] !== "git-hook") return typed;
  const { hookCommand } = await import("./git-hook.ts");
  return hookCommand(currentFolder(), typed.slice(1));
}

/** The root of all commands, with the options that stand before a command's name. */
function rootCommand(io: Io): Command {
  const root = new Command("sweepline")
    .description("Parameter sweeps as Git experiments, in the formats of DVC 3.")
    .usage("COMMAND [OPTIONS]")
    .option(
      "--cd <folder>",
      "run as if started in that folder (repeatable: each counts from the one before)",
      folderFrom,
    )
    .option("--profile <file>", "write what takes how long, for chrome://tracing or ui.perfetto.dev")
    .version(version, "-V, --version", "print the version")
    .helpCommand("help [command]", "show the help of a command")
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(visibleText(text)),
      outputError: (text, write) => write(usageErrorText(text)),
    });
  addTalkOptions(root);
  return root;
}

/** Parses and runs one command line; the only place that turns failures into words and exit codes. */
export async function runCommandLine(typed: readonly string[], given: ProcessIo): Promise<ExitCode> {
  const argv = await commandLineOf(typed);
  if (argv === undefined) return exitCodes.ok;
  const io: OwnIo = { ...given, cwd: "" };
  let exitCode: ExitCode = exitCodes.ok;
  let printsEvents = false;
  const loading = { start: sinceStart(), end: 0 };
  const root = rootCommand(io);
  root.hook("preAction", async (command, action) => {
    const { cd, profile } = command.opts<{ cd?: string; profile?: string }>();
    const { quiet, verbose } = talkFlags(command, action);
    if (quiet && !answers.has(action.name())) io.stdout = silenced(given.stdout);
    io.cwd = workingFolder(cd);
    printsEvents = eventful.has(action.name()) && action.opts<{ json?: boolean }>().json === true;
    const flags = { verbose, ...(profile === undefined ? {} : { profile }) };
    if (verbose > 0 || profile !== undefined || io.env.SWEEPLINE_DEBUG) {
      const { startTracing } = await import("./options/tracing.ts");
      startTracing(flags, { argv, words: commandWords(argv), loading }, io);
    }
    if (!stateless.has(action.name())) await refuseTrackedState(io.cwd);
    // It reports what it finds before it repairs.
    if (action.name() !== "doctor") await endDeadRuns(io.cwd);
  });
  const unknown = helpForNothing(argv);
  const words = helpRewritten(argv);
  const chosen = resolveEntries(words);
  if (chosen.some((each) => each.takesCommand)) root.enablePositionalOptions();
  try {
    if (unknown !== undefined) throw unknownCommand(unknown);
    const finish = (code: ExitCode) => {
      exitCode = code;
    };
    await attach(root, catalog, { chosen, make: (made) => withHeadings(made(io, finish), { words, chosen }) });
    loading.end = sinceStart();
    await root.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.code === "commander.unknownCommand") {
      const hint = elsewhereHint(argv);
      if (hint !== undefined) io.stderr.write(`HINT: ${visibleText(hint)}\n`);
    }
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? exitCodes.ok : (chosen[0]?.usageExitCode ?? exitCodes.usage);
    const event = printsEvents ? failureEvent(error) : undefined;
    if (event !== undefined) io.stdout.write(`${event}\n`);
    return printFailure(error, io) ?? (await (await import("./bug.ts")).printBug(error, argv, io));
  }
}
