import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { createLogTables, type LogTable, type LogTables } from '@tidemark/server/rest';

/** About 150 bytes each. */
const VISITS_MAX = 500_000;

/** What insights need of visits, column by column: a row is a visit, and a hundred thousand of them are walked in a millisecond or two. */
export interface VisitColumns {
  /** Milliseconds since 1970; NaN where a visit has none, and in rows that are free. */
  readonly start: readonly number[];
  /** Milliseconds from the start to the end, or to when it was last seen. */
  readonly lasted: readonly number[];
  /** Milliseconds of attention, spread evenly over the time it lasted. */
  readonly active: readonly number[];
  /** Places in `domains`. */
  readonly domain: readonly number[];
  readonly domains: readonly string[];
}

export interface VisitTable extends VisitColumns, LogTable {}

const numberIn = (fields: JsonObject, name: string): number | undefined => {
  const value = fields[name];
  return typeof value === 'number' ? value : undefined;
};

/** How long a visit lasted and how much of it somebody looked at it. */
const measure = (fields: JsonObject, start: number): { readonly lasted: number; readonly active: number } => {
  const ended = numberIn(fields, 'endedAt');
  const between = ended === undefined ? 0 : Math.max(0, ended - start);
  const told = numberIn(fields, 'duration') ?? between;
  const active = numberIn(fields, 'activeDuration') ?? told;
  return { active, lasted: Math.max(active, ended === undefined ? told : between) };
};

/** A table of visits by the ids of their records. */
export const createVisitTable = (): VisitTable => {
  const rows = new Map<string, number>();
  const domainNumbers = new Map<string, number>();
  const domains: string[] = [];
  const free: number[] = [];
  const [start, lasted, active, domain]: readonly [number[], number[], number[], number[]] = [[], [], [], []];
  const rowOf = (id: string): number => {
    const row = rows.get(id) ?? free.pop() ?? start.length;
    rows.set(id, row);
    return row;
  };
  const numberOf = (name: string): number => {
    const known = domainNumbers.get(name);
    if (known !== undefined) return known;
    domainNumbers.set(name, domains.length);
    return domains.push(name) - 1;
  };
  return {
    start,
    lasted,
    active,
    domain,
    domains,
    size: () => rows.size,
    put: (id, fieldsJson) => {
      const parsed: unknown = JSON.parse(fieldsJson);
      const fields = isJsonObject(parsed) ? parsed : {};
      const row = rowOf(id);
      const began = numberIn(fields, 'startedAt') ?? Number.NaN;
      const measured = measure(fields, began);
      start[row] = began;
      lasted[row] = measured.lasted;
      active[row] = measured.active;
      domain[row] = numberOf(typeof fields.domain === 'string' ? fields.domain : '');
    },
    remove: (id) => {
      const row = rows.get(id);
      if (row === undefined) return;
      rows.delete(id);
      start[row] = Number.NaN;
      free.push(row);
    },
    clear: () => {
      rows.clear();
      domainNumbers.clear();
      for (const column of [start, lasted, active, domain, domains, free]) column.length = 0;
    },
  };
};

/** What insights are computed from. */
export const createVisitTables = (): LogTables<VisitTable> =>
  createLogTables({ collection: 'pageVisits', recordsMax: VISITS_MAX, open: createVisitTable });
