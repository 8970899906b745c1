import { expect, test } from 'vitest';
import { isPaneMessage } from './messages.ts';

test('takes what a pane posts', () => {
  expect(isPaneMessage({ type: 'tidemark:link', pane: 'left', linked: false })).toBe(true);
  expect(isPaneMessage({ type: 'tidemark:traffic', pane: 'left', traffic: { at: 1, kind: 'push', count: 2, ok: true } })).toBe(true);
});

test.each([
  null,
  'tidemark:link',
  { type: 'tidemark:link', pane: 1, linked: true },
  { type: 'tidemark:link', pane: 'left' },
  { type: 'tidemark:traffic', pane: 'left' },
  { type: 'tidemark:traffic', pane: 'left', traffic: { at: 1, kind: 'steal', count: 2, ok: true } },
  { type: 'react-devtools', pane: 'left', linked: true },
])('ignores %j', (message) => {
  expect(isPaneMessage(message)).toBe(false);
});
