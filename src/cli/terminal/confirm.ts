/** Yes or no, asked on the terminal: DVC's question, answers and second chances (dvc/prompt.py). */
import { visibleText } from "../../base/text/visible.ts";
import { type Io, print } from "./io.ts";

/** The exit code of a command that asked and was told no, as DVC's. */
export const declined = 1;

/** What was typed ahead of the next question. */
const typedAhead = new WeakMap<NodeJS.ReadStream, string>();

function takeLine(stdin: NodeJS.ReadStream): string | undefined {
  const text = typedAhead.get(stdin) ?? "";
  const newline = text.indexOf("\n");
  if (newline < 0) return undefined;
  typedAhead.set(stdin, text.slice(newline + 1));
  return text.slice(0, newline);
}

/** The next line; undefined at the end of the input and at Ctrl+C. Nothing is read before it is asked for: a stage may want it. */
function readLine(stdin: NodeJS.ReadStream): Promise<string | undefined> {
  const line = takeLine(stdin);
  if (line !== undefined) return Promise.resolve(line);
  return new Promise((resolve) => {
    const end = (answer: string | undefined) => {
      stdin.pause();
      stdin.off("data", onData).off("end", onEnd).off("error", onEnd);
      process.off("SIGINT", onEnd).off("SIGTERM", onEnd).off("SIGHUP", onEnd);
      resolve(answer);
    };
    const onEnd = () => end(undefined);
    const onData = (chunk: Buffer | string) => {
      typedAhead.set(stdin, (typedAhead.get(stdin) ?? "") + chunk.toString());
      const next = takeLine(stdin);
      if (next !== undefined) end(next);
    };
    stdin.on("data", onData).on("end", onEnd).on("error", onEnd);
    process.on("SIGINT", onEnd).on("SIGTERM", onEnd).on("SIGHUP", onEnd);
    stdin.resume();
  });
}

/**
 * A line that is not shown while it is typed; without a terminal the first line of the input. undefined: there is none.
 */
export async function readSecret(io: Io, question: string): Promise<string | undefined> {
  const { stdin } = io;
  if (!stdin.isTTY) return readLine(stdin);
  io.stderr.write(visibleText(question));
  stdin.setRawMode(true);
  try {
    return await readHidden(stdin);
  } finally {
    stdin.setRawMode(false);
    io.stderr.write("\n");
  }
}

/** Without the terminal's own editing: Enter ends it, Backspace takes a character back, Ctrl+C and Ctrl+D give it up. */
async function readHidden(stdin: NodeJS.ReadStream): Promise<string | undefined> {
  let typed = "";
  return new Promise((resolve) => {
    const end = (answer: string | undefined) => {
      stdin.pause();
      stdin.off("data", onData);
      resolve(answer);
    };
    const onData = (chunk: Buffer | string) => {
      for (const key of chunk.toString()) {
        if (key === "\r" || key === "\n") return end(typed);
        if (key === "\u0003" || key === "\u0004") return end(undefined);
        typed = key === "\u007f" || key === "\b" ? typed.slice(0, -1) : typed + key;
      }
    };
    stdin.on("data", onData);
    stdin.resume();
  });
}

/** Without a terminal to show the question on, and at the end of the input, the answer is no. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  if (!io.stdout.isTTY) return false;
  for (;;) {
    io.stdout.write(`${visibleText(question)} [y/n] `);
    const answer = (await readLine(io.stdin))?.trim().toLowerCase();
    if (answer === undefined) print(io, "");
    if (answer === undefined || /^(?:yes|no|y|n)$/.test(answer)) return answer?.startsWith("y") ?? false;
    print(io, "Your response must be one of: ['yes', 'no', 'y', 'n']. Please try again.");
  }
}
