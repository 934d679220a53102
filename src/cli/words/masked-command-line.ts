/**
 * A command line as it may be shown to anybody: the command's own words, options by name, overrides by key. All else may be
 * a token, a password or somebody's data: `...`.
 * @param commandWords those of argv that name the command, in their order
 */
export function maskedCommandLine(argv: readonly string[], commandWords: readonly string[]): string {
  const words = [...commandWords];
  const masked = argv.map((word) => {
    if (word === words[0]) return words.shift();
    const [, name = "", , rest = ""] = /^(--[a-z][\w-]*|--|-([a-z])\2*|[+~]*[\w@./-]+(?==))?(.*)$/is.exec(word) ?? [];
    return rest === "" ? name : `${name}${rest.startsWith("=") ? "=" : ""}...`;
  });
  return ["sweepline", ...masked].join(" ");
}
