/** The value below which `share` (0 to 1) of the sample lies, by nearest rank; NaN of nothing. */
export const quantile = (sample: readonly number[], share: number): number => {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
};

export const median = (sample: readonly number[]): number => quantile(sample, 0.5);
