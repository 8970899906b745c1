import { faultText, type JsonObject, ok, type Result, refuse } from '@tidemark/protocol';
import { parse } from 'csv-parse/sync';
import { type Entry, type ReadFile, sift } from '../entry.ts';
import { FOOD_NUTRIENT_IDS, FOOD_NUTRIENTS } from '../nutrients.ts';
import { USDA_SR } from './source-names.ts';

type Row = Readonly<Record<string, string | undefined>>;

/** What the first two digits of a number stand for; newer numbers stand for nothing. */
const GROUPS: Readonly<Record<string, string>> = {
  '01': 'dairy and eggs',
  '02': 'spices and herbs',
  '03': 'baby foods',
  '04': 'fats and oils',
  '05': 'poultry',
  '06': 'soups and sauces',
  '07': 'sausages and cold cuts',
  '08': 'breakfast cereals',
  '09': 'fruit',
  '10': 'pork',
  '11': 'vegetables',
  '12': 'nuts and seeds',
  '13': 'beef',
  '14': 'drinks',
  '15': 'fish and seafood',
  '16': 'legumes',
  '17': 'lamb, veal and game',
  '18': 'baked goods',
  '19': 'sweets',
  '20': 'grains and pasta',
  '21': 'fast food',
  '22': 'meals',
  '23': 'beef',
  '25': 'snacks',
  '28': 'baked goods',
  '35': 'indigenous foods',
  '36': 'restaurant food',
};

/** `BUTTER,WITH SALT` → `Butter, with salt`. */
const nameOf = (description: string): string => {
  const text = description
    .toLowerCase()
    .replaceAll(/,(?=\S)/g, ', ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return text.slice(0, 1).toUpperCase() + text.slice(1);
};

/** The number in a cell; undefined where it is empty, which stands for unknown; NaN where it is none. */
const numberIn = (row: Row, column: string): number | undefined => {
  const text = row[column]?.trim() ?? '';
  return text === '' ? undefined : Number(text);
};

const portionsOf = (row: Row): Result<readonly JsonObject[]> => {
  const portions: JsonObject[] = [];
  for (const place of ['1', '2']) {
    const grams = numberIn(row, `GmWt_${place}`);
    const name = row[`GmWt_Desc${place}`]?.replaceAll(/\s+/g, ' ').trim() ?? '';
    if (grams === undefined || name === '') continue;
    if (!(grams > 0)) return refuse('BAD_REQUEST', `GmWt_${place}: is no weight`);
    portions.push({ name, grams });
  }
  return ok(portions);
};

/** The entry that a row holds, or what is wrong with it. */
const entryOf = (row: Row): Entry | string => {
  const number = row.NDB_No?.trim() ?? '';
  if (!/^\d{5}$/.test(number)) return 'NDB_No: is no number of five digits';
  const per100g: { [id: string]: number } = {};
  for (const id of FOOD_NUTRIENT_IDS) {
    const { column } = FOOD_NUTRIENTS[id];
    const figure = numberIn(row, column);
    if (figure === undefined) continue;
    if (!(figure >= 0)) return `${column}: ${JSON.stringify(row[column])} is no amount`;
    per100g[id] = figure;
  }
  const portions = portionsOf(row);
  if (!portions.ok) return portions.error.message;
  const refusePercent = numberIn(row, 'Refuse_Pct');
  const fields = {
    name: nameOf(row.Shrt_Desc ?? ''),
    category: GROUPS[number.slice(0, 2)] ?? 'other',
    per100g,
    portions: portions.value,
    ...(refusePercent === undefined ? {} : { refusePercent }),
    source: { name: USDA_SR, number },
  };
  return { kind: 'foods', id: `usda-sr-${number}`, fields };
};

const COLUMNS = ['NDB_No', 'Shrt_Desc', ...FOOD_NUTRIENT_IDS.map((id) => FOOD_NUTRIENTS[id].column)];

/**
 * Reads the abbreviated table of USDA SR: CSV in UTF-8 with a header row; figures are per 100 g, an empty cell is unknown. Rows that
 * hold no food are answered with what is wrong. Refusal: IMPORT_REFUSED where the file is no such table.
 */
export const readUsdaSr = (text: string): Result<ReadFile> => {
  let rows: readonly Row[];
  try {
    rows = parse<Record<string, string>>(text, { columns: true, bom: true, skip_empty_lines: true, relax_column_count: true });
  } catch (fault) {
    return refuse('IMPORT_REFUSED', `It is no CSV: ${faultText(fault)}`);
  }
  const missing = COLUMNS.filter((column) => rows[0] === undefined || !Object.hasOwn(rows[0], column));
  if (missing.length > 0) return refuse('IMPORT_REFUSED', `It is not the abbreviated table of USDA SR: it has no column ${missing[0]}.`);
  return ok(sift(rows.map(entryOf)));
};
