const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** When something was, as people say it. `locale` undefined: that of the browser. */
export const ago = (at: number | null, now: number, locale?: string): string => {
  if (at === null) return 'never';
  const elapsed = now - at;
  if (elapsed < MINUTE_MS) return 'just now';
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  if (elapsed < HOUR_MS) return format.format(-Math.floor(elapsed / MINUTE_MS), 'minute');
  if (elapsed < 24 * HOUR_MS) return format.format(-Math.floor(elapsed / HOUR_MS), 'hour');
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(at);
};

export const count = (number: number, one: string, more = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : more}`;
