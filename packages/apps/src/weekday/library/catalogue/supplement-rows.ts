import type { Entry } from '../entry.ts';
import { slugOf } from './food-rows.ts';
import { FOR_HEALTH } from './supplements/for-health.ts';
import { FOR_TRAINING } from './supplements/for-training.ts';
import { MINERALS } from './supplements/minerals.ts';
import { VITAMINS } from './supplements/vitamins.ts';

/**
 * Five lines for each supplement: `name | evidence | source | its year (- where it is revised in place)`, `purpose | timing`, dose, what
 * the evidence says, cautions.
 */
const TABLES: Readonly<Record<string, string>> = {
  vitamin: VITAMINS,
  mineral: MINERALS,
  training: FOR_TRAINING,
  health: FOR_HEALTH,
};

const LINES = 5;

const supplementOf = (category: string, lines: readonly string[]): Entry => {
  const [head = '', use = '', dose = '', evidenceText = '', cautions = ''] = lines;
  const [name = '', evidence = '', title = '', year = '-'] = head.split(' | ');
  const [purpose = '', timing = ''] = use.split(' | ');
  const source = { name: title, ...(year === '-' ? {} : { year: Number(year) }) };
  const fields = { name, category, purpose, dose, timing, evidence, evidenceText, cautions, source };
  return { kind: 'supplements', id: slugOf(name), fields };
};

const supplementsOf = ([category, table]: readonly [string, string]): readonly Entry[] => {
  const lines = table.trim().split('\n');
  return lines.flatMap((_, index) => (index % LINES === 0 ? [supplementOf(category, lines.slice(index, index + LINES))] : []));
};

export const SUPPLEMENTS: readonly Entry[] = Object.entries(TABLES).flatMap(supplementsOf);
