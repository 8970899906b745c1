import type { HttpRequest } from '@tidemark/client';
import { isJsonObject } from '@tidemark/protocol';
import { type Context, type Life, strikes } from '../world/context.ts';
import type { Dice } from '../world/random.ts';
import { MOUNT, parseJson, type ServerProcess } from '../world/server.ts';

/** Which ways are open between one device and the server. */
export interface Link {
  there: boolean;
  back: boolean;
}

/** What the oracle wants to hear of the traffic, at the server's side of the network. */
export interface TrafficWatch {
  onRequest(life: Life, user: string, path: string, body: string | undefined): void;
  onAnswer(life: Life, user: string, path: string, sent: string | undefined, status: number, text: string): void;
  onChunk(user: string, text: string): void;
}

/** Who asks, and over which link. */
export interface Caller {
  readonly life: Life;
  readonly user: string;
  readonly link: Link;
}

export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
}

/** What both kinds of connections are made of. */
export interface Way {
  readonly context: Context;
  readonly dice: Dice;
  readonly watch: TrafficWatch;
  latency(): number;
  chooseServer(): ServerProcess | undefined;
}

export const createWay = (context: Context, servers: () => readonly ServerProcess[], watch: TrafficWatch): Way => {
  const dice = context.streams('network');
  return {
    context,
    dice,
    watch,
    latency: () => {
      const usual = context.profile.latencyMs * (0.5 + dice.next());
      if (strikes(context, 'reorder')) return usual * dice.between(2, 12);
      return strikes(context, 'slow') ? usual + dice.scale(1_000, 45_000) : usual;
    },
    chooseServer: () => {
      const alive = servers().filter(({ life }) => life.alive);
      return alive.length === 0 ? undefined : dice.pick(alive);
    },
  };
};

export const addressOf = (request: HttpRequest): string => request.url.slice(request.url.indexOf(MOUNT));

/** `POST /sync/push` */
export const lineOf = (request: HttpRequest): string => `${request.method} ${addressOf(request).slice(MOUNT.length).replace(/\?.*/, '')}`;

/** Asks for small pages, so that paging happens at all. */
export const withLimit = (request: HttpRequest, limit: number): { readonly path: string; readonly body: string | undefined } => {
  const path = addressOf(request);
  if (path.includes('/sync/live')) return { path: `${path}&limit=${limit}`, body: request.body };
  const parsed = path.endsWith('/sync/pull') ? parseJson(request.body) : undefined;
  return { path, body: isJsonObject(parsed) ? JSON.stringify({ ...parsed, limit }) : request.body };
};

export const initOf = ({ method, headers }: HttpRequest): RequestInit => ({ method, headers });
