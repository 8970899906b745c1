import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { readLines } from './read-lines.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-lines-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const linesOf = async (text: string, bytesMax = 1_000_000) => {
  const file = join(folder, 'lines');
  await writeFile(file, text);
  const lines = [];
  for await (const { bytes, ended, tooLong } of readLines(createReadStream(file), bytesMax))
    lines.push({ text: bytes.toString('utf8'), ended, tooLong });
  return lines;
};

describe('readLines', () => {
  test.prop([fc.array(fc.string({ unit: fc.constantFrom('a', 'ä', '😀', '\r', '\u2028', '\u2029', '\u0085') }), { maxLength: 20 })], {
    numRuns: 50,
  })('splits at \\n only, and loses nothing', async (lines) => {
    const text = lines.map((line) => `${line}\n`).join('');
    expect(await linesOf(text)).toEqual(lines.map((line) => ({ text: line, ended: true, tooLong: false })));
  });

  test('a line that goes over several chunks of the file is one line', async () => {
    const long = 'x'.repeat(200_000);
    expect(await linesOf(`a\n${long}\nb`)).toEqual([
      { text: 'a', ended: true, tooLong: false },
      { text: long, ended: true, tooLong: false },
      { text: 'b', ended: false, tooLong: false },
    ]);
  });

  test('a line longer than the limit ends the reading, with or without an end of its own', async () => {
    const ended = await linesOf(`a\n${'x'.repeat(50)}\nb\n`, 49);
    expect(ended.map(({ tooLong }) => tooLong)).toEqual([false, true]);
    const endless = await linesOf('x'.repeat(500_000), 49);
    expect(endless.map(({ tooLong }) => tooLong)).toEqual([true]);
    const fitting = await linesOf(`${'x'.repeat(49)}\n`, 49);
    expect(fitting.map(({ tooLong }) => tooLong)).toEqual([false]);
  });
});
