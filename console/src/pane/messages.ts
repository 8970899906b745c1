import type { Traffic } from '@tidemark/client';
import { isJsonObject } from '@tidemark/protocol';

/** What a pane tells the page around it. */
export type PaneMessage =
  | { readonly type: 'tidemark:traffic'; readonly pane: string; readonly traffic: Traffic }
  | { readonly type: 'tidemark:link'; readonly pane: string; readonly linked: boolean };

const KINDS: ReadonlySet<unknown> = new Set(['push', 'pull', 'live']);

const isTraffic = (value: unknown): boolean =>
  isJsonObject(value) &&
  KINDS.has(value.kind) &&
  typeof value.at === 'number' &&
  typeof value.count === 'number' &&
  typeof value.ok === 'boolean';

/** True for a message of ours: anything may be posted to a window. */
export const isPaneMessage = (value: unknown): value is PaneMessage => {
  if (!isJsonObject(value) || typeof value.pane !== 'string') return false;
  if (value.type === 'tidemark:link') return typeof value.linked === 'boolean';
  return value.type === 'tidemark:traffic' && isTraffic(value.traffic);
};
