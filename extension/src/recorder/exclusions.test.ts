import { expect, test } from 'vitest';
import { isExcluded, toExclusion } from './exclusions.ts';

test.each([
  ['https://example.com/', ['example.com'], true],
  ['https://deep.sub.example.com/x', ['example.com'], true],
  ['http://example.com:8080/', ['example.com'], true],
  ['https://example.com./', ['example.com'], true],
  ['https://notexample.com/', ['example.com'], false],
  ['https://example.com.evil.test/', ['example.com'], false],
  ['https://example.com/private', ['example.com/private'], true],
  ['https://example.com/private/a?b', ['example.com/private'], true],
  ['https://example.com/privateer', ['example.com/private'], false],
  ['https://example.com/', ['example.com/private'], false],
  ['https://example.com/', [], false],
])('%s with %j: %s', (url, exclusions, expected) => {
  expect(isExcluded(new URL(url), exclusions)).toBe(expected);
});

test.each([
  ['example.com', 'example.com'],
  ['  Example.COM ', 'example.com'],
  ['https://www.Example.com/private/?q=1#x', 'www.example.com/private'],
  ['*.example.com', 'example.com'],
  ['*://*.example.com/*', 'example.com'],
  ['https://*.example.com/a/*', 'example.com/a'],
  ['localhost:3000/a', 'localhost/a'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['192.168.0.1', '192.168.0.1'],
  ['', undefined],
  ['two words', undefined],
  ['exa*mple.com', undefined],
  ['https://', undefined],
  ['ftp://example.com', undefined],
])('%j becomes %j', (typed, exclusion) => {
  expect(toExclusion(typed)).toBe(exclusion);
});
