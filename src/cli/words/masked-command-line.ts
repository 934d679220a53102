/** Commands whose positional words are overrides. */
const takingOverrides = new Set(["sweep", "expand", "parse", "compose", "matrix plan", "matrix init"]);

/** A key and what it is set to. Nothing but `=` is no value: that is how base64 ends. */
const override = /^([+~]*[\w@./-]+=)[^=]/s;

/** An option by name or letter, with the `=` of `--name=value`; the rest is its value. */
const option = /^(--[a-z][\w-]*=?|--|-([a-z])\2*)(.*)$/is;

/** Whether a word may be an override where it stands: the value of -S, or a positional word that no option may have for its value. */
function mayBeOverride(command: readonly string[], before: string | undefined): boolean {
  if (before === "-S" || before === "--set-param") return command.at(-1) === "run";
  return takingOverrides.has(command.join(" ")) && (before === "--" || !before?.startsWith("-"));
}

/**
 * A command line as it may be shown to anybody: the command's own words, options by name, overrides by key. All else may be
 * a token, a password or somebody's data: `...`.
 * @param commandWords those of argv that name the command, in their order
 */
export function maskedCommandLine(argv: readonly string[], commandWords: readonly string[]): string {
  const words = [...commandWords];
  const masked = argv.map((word, place) => {
    if (word === words[0]) return words.shift();
    const [, name, , value] = option.exec(word) ?? [];
    if (name !== undefined) return value === "" && !name.endsWith("=") ? name : `${name}...`;
    const key = mayBeOverride(commandWords, argv[place - 1]) ? override.exec(word)?.[1] : undefined;
    return `${key ?? ""}...`;
  });
  return ["sweepline", ...masked].join(" ");
}
