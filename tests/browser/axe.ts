import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A folder for pictures of the pages, to look at; none are made without it. */
const PICTURES = process.env.TIDEMARK_PICTURES;

/** What axe finds wrong with a page, or with the part of it that `root` selects, light and dark; leaves pictures where they are wanted. */
export const violations = async (page: Page, name: string, root = ':root'): Promise<unknown[]> => {
  // Pages whose policy allows no inline script take it like this all the same.
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(AXE);
  const found: unknown[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const words = '({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => html + failureSummary)]';
    const run = `axe.run(document.querySelector(${JSON.stringify(root)}) ?? document)`;
    found.push(...Object(await page.evaluate(`${run}.then(({ violations }) => violations.map(${words}))`)));
    if (PICTURES === undefined) continue;
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: `${PICTURES}/${name}-${colorScheme}.png`, fullPage: true });
  }
  return found;
};
