/** `1 point`, `2 points`. */
export function pointsText(count: number): string {
  return count === 1 ? "1 point" : `${count} points`;
}
