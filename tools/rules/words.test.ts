import { expect, test } from 'vitest';
import { wordRule, wordsOf } from './words.ts';

const messages = (text: string, path = 'packages/engine/src/a.ts') => wordRule.check([{ path, text }]).map((finding) => finding.message);

test('splits names into words', () => {
  expect(wordsOf('const softDeletedRows = OP_LOG;')).toEqual(['const', 'soft', 'deleted', 'rows', 'op', 'log']);
});

test.each(['const opLog = [];', '// the dead letters of a client', 'const isSoftDeleted = true;', 'type Entities = [];', 'documentId'])(
  'refuses %s',
  (text) => {
    expect(messages(text)).toHaveLength(1);
  },
);

test.each(['const mutation = {};', '// headroom', 'const changeLog = [];'])('allows %s', (text) => {
  expect(messages(text)).toEqual([]);
});

test('knows the names that belong to others', () => {
  expect(messages("db.exec('PRAGMA wal_checkpoint')", 'packages/storage/src/sqlite/open.ts')).toEqual([]);
  expect(messages('const checkpoint = 1;', 'packages/engine/src/a.ts')).toHaveLength(1);
});
