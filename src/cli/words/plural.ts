/** `1 point`, `2 points`. */
export function pointsText(count: number): string {
  return count === 1 ? "1 point" : `${count} points`;
}

/** `5 files pushed`, as DVC says it. */
export function filesText(count: number, done: string): string {
  return `${count} file${count === 1 ? "" : "s"} ${done}`;
}
