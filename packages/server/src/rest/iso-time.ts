const DAY_MS = 24 * 60 * 60 * 1000;

const padded = (value: number, length: number): string => String(value).padStart(length, '0');

let day = Number.NaN;
let dayText = '';

/**
 * Milliseconds since 1970 as ISO 8601 in UTC, as Date prints them. The day is kept from call to call: a list prints a time of few
 * days for each record, and Date takes longer for one than all else takes for the record.
 */
export const isoOf = (ms: number): string => {
  const whole = Math.trunc(ms);
  const today = Math.floor(whole / DAY_MS);
  if (today !== day) {
    dayText = new Date(today * DAY_MS).toISOString().slice(0, -'00:00:00.000Z'.length);
    day = today;
  }
  const rest = whole - today * DAY_MS;
  const seconds = Math.floor(rest / 1000);
  const minutes = Math.floor(seconds / 60);
  const [hour, minute, second] = [Math.floor(minutes / 60), minutes % 60, seconds % 60];
  return `${dayText}${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}.${padded(rest % 1000, 3)}Z`;
};
