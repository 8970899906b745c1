import type { Result } from '@tidemark/protocol';
import { COUNTER_ID, TASK_MARK } from '../app.ts';
import type { Device } from '../device/device.ts';
import type { SimClient, Tab } from '../device/tab.ts';
import { POISON } from '../world/poison.ts';
import type { Dice } from '../world/random.ts';
import { titleOf, type World } from '../world/world.ts';

interface Written {
  readonly id: string;
  readonly mutationId: string;
}

/** One thing that a person does in one tab. */
export interface Deed {
  readonly world: World;
  readonly device: Device;
  readonly tab: Tab;
  readonly client: SimClient;
  readonly dice: Dice;
  readonly id: string;
  /** Tells the edits of a run apart. */
  readonly count: number;
}

/** The page has heard how its edit went. */
const note = ({ world, tab }: Deed, result: Result<Written>): void => {
  if (!tab.life.alive) return;
  if (result.ok) world.oracle.confirm(result.value.mutationId);
  else world.context.sometimes.hit(`edit refused here: ${result.error.code}`);
};

/** Read your writes (I9): what was just written stands in the view of the tab that wrote it. */
const checkOwnWrite = (deed: Deed, result: Result<Written>, title: string): void => {
  const { world, device, tab, id } = deed;
  note(deed, result);
  if (!result.ok || !tab.life.alive) return;
  if (!world.oracle.confirm(result.value.mutationId)) world.context.violate('I7', `${tab.life.name} wrote ${title}, but it is in no store`);
  const shown = tab.client?.collection('notes').get(id)?.title;
  // A twin's numbers may hide an edit until the next push has found out (docs/PROTOCOL.md, "Order").
  if (shown !== title && !device.doubted) world.context.violate('I9', `${tab.life.name} wrote ${title} to ${id} and sees ${String(shown)}`);
};

const title = ({ device, count }: Deed, text = ''): string => titleOf(device.user, `${device.name} ${count}${text}`);
const taskTitle = (deed: Deed): string => (deed.device.version > 1 ? TASK_MARK : '') + title(deed);

const count = async (deed: Deed): Promise<void> => {
  const notes = deed.client.collection('notes');
  const known = notes.get(COUNTER_ID);
  if (known === undefined) note(deed, await notes.put({ title: titleOf(deed.device.user, 'counter'), likes: 1 }, COUNTER_ID));
  else note(deed, await notes.patch(COUNTER_ID, { likes: (known.likes ?? 0) + 1 }));
};

const tag = async (deed: Deed): Promise<void> => {
  const { client, dice, id } = deed;
  const notes = client.collection('notes');
  const tags = new Set(notes.get(id)?.tags ?? []);
  const one = `t${dice.int(6)}`;
  if (!tags.delete(one)) tags.add(one);
  note(deed, await notes.patch(id, { tags: [...tags] }));
};

const group = async (deed: Deed): Promise<void> => {
  const { client, id, tab, world } = deed;
  const result = await client.group((collection) => {
    collection('notes').put({ title: title(deed) }, id);
    collection('tasks').put({ title: taskTitle(deed) }, id);
  });
  if (result.ok && tab.life.alive) for (const written of result.value) world.oracle.confirm(written.mutationId);
};

/** Many edits at once, of one record or of all. */
const burst = async (deed: Deed): Promise<void> => {
  const { dice, client, world } = deed;
  const notes = client.collection('notes');
  const spread = dice.chance(0.5);
  const idOf = (i: number): string => (spread ? `r${i % world.context.profile.records}` : deed.id);
  const edits = Array.from({ length: 4 + dice.int(22) }, (_, i) => notes.patch(idOf(i), { title: title(deed, ` burst ${i}`) }));
  for (const result of await Promise.all(edits)) note(deed, result);
};

/** What people do to records. */
export const EDITS: { readonly [name: string]: (deed: Deed) => Promise<void> } = {
  put: async (deed) => {
    const text = title(deed);
    checkOwnWrite(deed, await deed.client.collection('notes').put({ title: text, likes: 0, tags: [`t${deed.count % 5}`] }, deed.id), text);
  },
  patch: async (deed) => {
    const text = title(deed);
    checkOwnWrite(deed, await deed.client.collection('notes').patch(deed.id, { title: text }), text);
  },
  body: async (deed) => note(deed, await deed.client.collection('notes').patch(deed.id, { body: `${title(deed)} body` })),
  like: async (deed) => {
    const notes = deed.client.collection('notes');
    note(deed, await notes.patch(deed.id, { likes: (notes.get(deed.id)?.likes ?? 0) + 1 }));
  },
  count,
  best: async (deed) => note(deed, await deed.client.collection('notes').patch(deed.id, { best: deed.dice.int(1_000) })),
  tag,
  delete: async (deed) => note(deed, await deed.client.collection('notes').delete(deed.id)),
  group,
  burst,
  task: async (deed) => {
    const tasks = deed.client.collection('tasks');
    if (deed.dice.chance(0.5)) note(deed, await tasks.put({ title: taskTitle(deed) }, deed.id));
    else note(deed, await tasks.patch(deed.id, { likes: (tasks.get(deed.id)?.likes ?? 0) + 1 }));
  },
  deleteTask: async (deed) => note(deed, await deed.client.collection('tasks').delete(deed.id)),
  poison: async (deed) => {
    if (deed.world.context.strength('poison') === 0) return;
    deed.world.context.sometimes.hit('poison queued');
    note(deed, await deed.client.collection('notes').patch(deed.id, { body: `${titleOf(deed.device.user, POISON)} ${deed.count}` }));
  },
};

/** What people do with what sync has left to them. */
export const DECISIONS: { readonly [name: string]: (deed: Deed) => Promise<void> } = {
  resolve: async (deed) => {
    const { client, dice, world } = deed;
    for (const { conflictId } of client.conflicts().slice(0, 6)) {
      world.context.sometimes.hit('conflict resolved by a person');
      note(deed, await client.resolve(conflictId, { choose: dice.pick(['mine', 'theirs'] as const) }));
    }
  },
  retry: async (deed) => {
    const { client, world } = deed;
    const parked = client.parked()[0];
    if (parked === undefined) return;
    world.oracle.letGo(parked.mutation.mutationId);
    const result = await client.retryParked(parked.mutation.mutationId);
    if (result.ok) world.context.sometimes.hit('parked mutation retried');
    note(deed, result);
  },
  discard: async ({ client, world }) => {
    const parked = client.parked()[0];
    if (parked === undefined) return;
    world.context.sometimes.hit('parked mutation discarded');
    world.oracle.letGo(parked.mutation.mutationId);
    await client.discardParked(parked.mutation.mutationId);
  },
  sync: async ({ client }) => {
    await client.sync();
  },
  export: async ({ client, world }) => {
    const { outbox } = client.exportUnsynced();
    if (Array.isArray(outbox) && outbox.length > 0) world.context.sometimes.hit('unsynced edits exported');
  },
  history: async ({ client, id, world }) => {
    const answer = await client.history('notes', id);
    if (answer.ok) world.context.sometimes.hit('history read');
  },
};
