/** The overrides in a text such as `@sweep.txt`: one a line as typed, blank lines and lines that start with # left out. */
export function readOverridesFile(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
