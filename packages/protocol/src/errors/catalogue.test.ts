import { describe, expect, test } from 'vitest';
import { ERRORS, type ErrorCode, statusOf } from './catalogue.ts';

const STATUSES = [400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 429, 431, 500, 503, 507];

describe.each(Object.entries(ERRORS))('%s', (code, entry) => {
  test('is named in upper snake case', () => expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/));
  test('has a status in use', () => expect(STATUSES).toContain(entry.status));
  test('has help that ends with a full stop', () => expect(entry.help).toMatch(/^\S.*[^.]\.$/));
});

test('each 409 is about a whole request, so it stores nothing', () => {
  for (const entry of Object.values(ERRORS)) if (entry.status === 409) expect(entry.scope).toBe('request');
});

test('statusOf answers the status of a code', () => {
  const code: ErrorCode = 'WRONG_SPACE';
  expect(statusOf(code)).toBe(409);
});
