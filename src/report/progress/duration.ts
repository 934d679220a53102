/** 0.3s, 12s, 3m 20s, 2h 05m. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  if (seconds < 59.5) return `${Math.round(seconds)}s`;
  const minutes = Math.floor((seconds + 0.5) / 60);
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  if (minutes < 60) return `${minutes}m ${twoDigits(Math.floor((seconds + 0.5) % 60))}s`;
  return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`;
}
