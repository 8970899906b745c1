const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * An order key strictly between two others (by code point); undefined stands for the open end. Keys are base-62 fractions
 * that do not end in 0. Where `before` is not below `after` (two devices may have made the same key), the answer is just
 * above `before`. Adding at either end takes one more character only every 60 keys.
 * Source: David Greenspan, "Implementing Fractional Indexing" (2020), with steps of one digit at the open ends.
 */
export const orderBetween = (before: string | undefined, after: string | undefined): string =>
  between(before ?? '', (after ?? '') > (before ?? '') ? after : undefined);

const between = (low: string, high: string | undefined): string => {
  if (high !== undefined) {
    let common = 0;
    while ((low[common] ?? '0') === high[common]) common += 1;
    // Only a key that ends in 0, which this function never makes, leaves nothing above its prefix.
    if (common > 0) return high.slice(0, common) + between(low.slice(common), high.slice(common) || undefined);
  }
  // Nothing is found at the beginning, as 0 is.
  const lowDigit = DIGITS.indexOf(low.charAt(0));
  const highDigit = high === undefined ? DIGITS.length : DIGITS.indexOf(high.charAt(0));
  if (highDigit - lowDigit > 1) return DIGITS.charAt(digitBetween(low, high, lowDigit, highDigit));
  if (high !== undefined && high.length > 1) return high.charAt(0);
  return DIGITS.charAt(lowDigit) + between(low.slice(1), undefined);
};

const digitBetween = (low: string, high: string | undefined, lowDigit: number, highDigit: number): number => {
  if (high === undefined && low !== '') return lowDigit + 1;
  if (high !== undefined && low === '') return highDigit - 1;
  return Math.round((lowDigit + highDigit) / 2);
};
