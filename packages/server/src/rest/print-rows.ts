import { stringify } from 'csv-stringify/sync';

/** Rows as RFC 4180 has them. A cell that a spreadsheet would take for a formula gets an apostrophe before it. */
export const printRows = (rows: readonly (readonly unknown[])[]): string =>
  stringify([...rows], { escape_formulas: true, record_delimiter: '\r\n', quoted_match: /[\r\n]/, cast: { boolean: String } });
