import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { redactSecrets } from '../telemetry/redact.ts';
import { spaceKeyOf } from './identity.ts';
import { hasRepeatedKey } from './repeated-key.ts';

const parts = fc.array(fc.string({ unit: fc.constantFrom('|', '%', '7', 'C', '2', '5', 'a') }), { minLength: 1, maxLength: 3 });

describe('members named twice', () => {
  property.prop([fc.json()])('are not seen where there are none', (json) => {
    const value: unknown = JSON.parse(json);
    expect(hasRepeatedKey(JSON.stringify(value), value)).toBe(false);
    expect(hasRepeatedKey(JSON.stringify(value, null, 2), value)).toBe(false);
  });

  property.prop([fc.string(), fc.jsonValue(), fc.jsonValue()])(
    'are seen wherever they stand, and however they are written',
    (name, a, b) => {
      const member = (value: unknown, written = JSON.stringify(name)) => `${written} : ${JSON.stringify(value)}`;
      const codes = Array.from({ length: name.length }, (_, i) => name.charCodeAt(i).toString(16).padStart(4, '0'));
      const escaped = `"${codes.map((code) => `\\u${code}`).join('')}"`;
      for (const json of [
        `{${member(a)},${member(b)}}`,
        `{${member(a)},${member(b, escaped)}}`,
        `[1,{"outer":{${member(a)},${member(b)}}}]`,
      ]) {
        expect(hasRepeatedKey(json, JSON.parse(json))).toBe(true);
      }
    },
  );

  test.each(['{"a":1,"b":{"a":2}}', '[{"a":1},{"a":2}]', '{"a":"\\":","b":"c:\\"a\\":"}', '{"__proto__":1,"constructor":2}'])(
    'are not: %s',
    (json) => {
      expect(hasRepeatedKey(json, JSON.parse(json))).toBe(false);
    },
  );
});

property.prop([parts, parts])('two owners never share a space key', (one, other) => {
  expect(spaceKeyOf(...one) === spaceKeyOf(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
});

property.prop([fc.jsonValue()])('a line without its secrets is the same without them again, and still JSON', (value) => {
  const line = redactSecrets(JSON.stringify({ value }));
  expect(redactSecrets(line)).toBe(line);
  expect(() => JSON.parse(line)).not.toThrow();
});
