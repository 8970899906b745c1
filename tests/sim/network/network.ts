import type { HttpRequest, HttpResponse, HttpStream } from '@tidemark/client';
import type { Context } from '../world/context.ts';
import type { ServerProcess } from '../world/server.ts';
import { sendHttp } from './http.ts';
import { openStream } from './stream.ts';
import { type Caller, createWay, type TrafficWatch } from './way.ts';

export interface Network {
  http(caller: Caller, request: HttpRequest): Promise<HttpResponse>;
  stream(caller: Caller, request: HttpRequest): Promise<HttpStream>;
  /** Breaks every open stream. */
  breakStreams(): void;
}

export const createNetwork = (context: Context, servers: () => readonly ServerProcess[], watch: TrafficWatch): Network => {
  const way = createWay(context, servers, watch);
  const broken = new Set<() => void>();
  return {
    http: (caller, request) => sendHttp(way, caller, request),
    stream: (caller, request) => openStream(way, broken, caller, request),
    breakStreams: () => {
      for (const breakOff of [...broken]) breakOff();
    },
  };
};
