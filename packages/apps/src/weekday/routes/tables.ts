import { SEQ_FIELD } from '@tidemark/protocol';
import { csvEndpoint, type Endpoint, type Resource } from '@tidemark/server/rest';
import { weekday } from '../schema.ts';

/** The columns that a table of each collection can be sorted by; the first is what it is sorted by unasked. */
const SORTS: Readonly<Record<keyof typeof weekday.collections, readonly [string, ...string[]]>> = {
  schedule_blocks: ['start', 'order'],
  completion: ['day'],
  top3: ['day'],
  mechanism: ['day'],
  supplements: ['order', 'item'],
  supplement_log: ['day'],
  meals: ['name'],
  meal_log: ['day'],
  log_entries: ['date'],
  workout_programs: ['order', 'name'],
  workout_history: ['date'],
  settings: [SEQ_FIELD],
};

const resourceOf = (name: keyof typeof weekday.collections): Resource => ({
  name,
  path: `/${name}`,
  collection: weekday.collections[name],
  idName: 'id',
  onCreate: () => ({}),
  filters: {},
  sorts: Object.fromEntries(SORTS[name].map((field) => [field === SEQ_FIELD ? 'updatedAt' : field, { field }])),
});

const isName = (name: string): name is keyof typeof weekday.collections => Object.hasOwn(weekday.collections, name);

/** `GET /schedule_blocks/export.csv` and so on: each collection as a table for people. */
export const tableEndpoints: readonly Endpoint[] = Object.keys(weekday.collections)
  .filter(isName)
  .map((name) => csvEndpoint(resourceOf(name)));
