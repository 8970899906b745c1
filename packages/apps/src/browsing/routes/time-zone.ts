const DAY_MS = 24 * 60 * 60 * 1000;
/** No zone has changed its offset twice within so short a time since there were browsers. */
const PROBE_MS = 7 * DAY_MS;
const ZONES_MAX = 100;

/** A stretch of time, milliseconds since 1970, through which the clocks of a zone differ from UTC by `offset` milliseconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

/** A time zone by what clocks there show: UTC plus an offset that changes now and then. */
export interface TimeZone {
  readonly name: string;
  readonly offsetAt: (ms: number) => number;
  /** The stretches that make up [from, to), in order. */
  readonly stretches: (from: number, to: number) => readonly Stretch[];
  /** The first moment of a day, given as the number of days since 1970-01-01. Where there is no midnight it is the moment of the change. */
  readonly startOfDay: (day: number) => number;
}

const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

const readOffset = (text: string): number => {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = OFFSET.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
};

/** Between two moments with different offsets: the first moment of the second one. */
const changeBetween = (offsetAt: TimeZone['offsetAt'], from: number, to: number): number => {
  const after = offsetAt(to);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === after) high = middle;
    else low = middle;
  }
  return high;
};

const openFormat = (name: string): Intl.DateTimeFormat | undefined => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset', year: 'numeric' });
  } catch {
    return undefined;
  }
};

const open = (name: string): TimeZone | undefined => {
  const format = openFormat(name);
  if (format === undefined) return undefined;
  const offsetAt = (ms: number): number => readOffset(format.format(ms));
  const probes = new Map<number, number>();
  const probe = (week: number): number => {
    const known = probes.get(week) ?? offsetAt(week * PROBE_MS);
    probes.set(week, known);
    return known;
  };
  /** The moments in one week at which the offset changes: one at most. */
  const changes = new Map<number, number>();
  const changeIn = (week: number): number | undefined => {
    if (probe(week) === probe(week + 1)) return undefined;
    const known = changes.get(week) ?? changeBetween(offsetAt, week * PROBE_MS, (week + 1) * PROBE_MS);
    changes.set(week, known);
    return known;
  };
  const stretches: TimeZone['stretches'] = (from, to) => {
    const found: Stretch[] = [];
    let start = from;
    for (let week = Math.floor(from / PROBE_MS); week * PROBE_MS < to; week += 1) {
      const change = changeIn(week);
      if (change === undefined || change <= start || change >= to) continue;
      found.push({ from: start, to: change, offset: probe(week) });
      start = change;
    }
    return [...found, { from: start, to, offset: offsetAt(start) }];
  };
  const startOfDay = (day: number): number => {
    const midnight = day * DAY_MS;
    // No clock differs from UTC by more than 15 hours.
    const near = stretches(midnight - DAY_MS, midnight + DAY_MS);
    const found = near.find(({ to, offset }) => midnight - offset < to);
    return found === undefined ? midnight : Math.max(found.from, midnight - found.offset);
  };
  return { name, offsetAt, stretches, startOfDay };
};

const zones = new Map<string, TimeZone>();

/** A zone of the IANA database, such as Europe/Berlin, by the data that comes with the runtime. Undefined where there is none. */
export const timeZoneOf = (name: string): TimeZone | undefined => {
  const zone = zones.get(name) ?? open(name);
  if (zone === undefined) return undefined;
  zones.set(name, zone);
  const oldest = zones.keys().next();
  if (zones.size > ZONES_MAX && !oldest.done) zones.delete(oldest.value);
  return zone;
};
