import { expect, test } from 'vitest';
import { useTwoPanes } from './two-panes.ts';

const panes = useTwoPanes({ width: 360 });

test('works at 360 pixels: nothing sticks out, and a task can be added and started', async () => {
  const { left, right, page } = panes();
  await left.add('A task with a rather long title that has to be broken into several lines');
  await left.start('A task with a rather long title that has to be broken into several lines');
  await right.frame.getByRole('button', { name: /^Pause A task/ }).waitFor();
  const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
  expect(await page.evaluate(overflow)).toBe(0);
  expect(await left.frame.locator(':root').evaluate(overflow)).toBe(0);
});
