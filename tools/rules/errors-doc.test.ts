import { ERRORS } from '@tidemark/protocol';
import { expect, test } from 'vitest';
import { errorsPage } from './errors-doc.ts';

// `npm run docs:errors` writes the page (it runs this test with --update).
test('docs/ERRORS.md is what the catalogue says', async () => {
  await expect(errorsPage(ERRORS)).toMatchFileSnapshot('../../docs/ERRORS.md');
});
