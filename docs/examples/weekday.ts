import { inOrder, orderAt, type weekday } from '@tidemark/apps/weekday';
import type { Client } from '@tidemark/client';

/** Puts a block of the day first. */
export const putFirst = async (client: Client<typeof weekday.collections>, id: string) => {
  const blocks = client.collection('schedule_blocks');
  await blocks.patch(id, { order: orderAt(blocks.list(), id, 0) });
  return inOrder(blocks.list()).map(({ title }) => title);
};
