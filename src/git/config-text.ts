/** A value of a Git config file, quoted. */
export function quoteConfig(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`;
}
