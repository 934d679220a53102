/** `1 point`, `2 points`. */
export function pointsText(count: number): string {
  return count === 1 ? "1 point" : `${count} points`;
}

/** `1 trial`, `2 trials`. */
export function trialsText(count: number): string {
  return count === 1 ? "1 trial" : `${count} trials`;
}

/** `5 files pushed`, as DVC says it. */
export function filesText(count: number, done: string): string {
  return `${count} file${count === 1 ? "" : "s"} ${done}`;
}
