const units = ["", "k", "M", "G", "T", "P"] as const;

/** `27`, `4.00k`, `1.50M`: as DVC's. */
export function sizeWords(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return power === 0 ? String(bytes) : `${(bytes / 1024 ** power).toFixed(2)}${units[power]}`;
}
