/** Words for a POSIX shell. */

/** A word that the shell takes as it is, quoted where it has to be (Python's shlex.quote). */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}

/** As shellWord, for people: between double quotes where single ones are inside and nothing means something to a shell. */
export function readableShellWord(text: string): string {
  return text.includes("'") && !/["$`\\!\p{Cc}]/u.test(text) ? `"${text}"` : shellWord(text);
}
