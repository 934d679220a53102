const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of a share of the width; what is least has a mark, too. */
export function barOf(share: number, width: number): string {
  const units = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const bar = "█".repeat(Math.floor(units / 8)) + (eighths[units % 8] ?? "");
  return bar === "" ? "▏" : bar;
}
