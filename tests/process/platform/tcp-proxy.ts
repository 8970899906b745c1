import { createConnection, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What befalls a connection once so many bytes have gone that way: both sides reset, silence for ever, or an end of that way only. */
export interface Damage {
  readonly kind: 'cut' | 'stall' | 'halfClose';
  readonly way: 'request' | 'answer';
  readonly afterBytes: number;
}

/** A TCP proxy on a port that stays, before a server that may move. */
export interface TcpProxy {
  readonly url: string;
  /** Port of the server; connections made meanwhile to one that is gone are cut. */
  target: number;
  /** Asked for each new connection. */
  damage: () => Damage | undefined;
  /** Damages done so far, by kind. */
  readonly done: { [kind in Damage['kind']]: number };
  /** Cuts every connection there is, stalled ones too. */
  cutAll(): void;
}

const cut = (...sockets: readonly Socket[]): void => {
  for (const socket of sockets) socket.resetAndDestroy();
};

/** Passes bytes on from one socket to another until the damage, if there is one. */
const pump = (from: Socket, to: Socket, damage: Damage | undefined, onDone: (kind: Damage['kind']) => void): void => {
  let left = damage?.afterBytes ?? Number.POSITIVE_INFINITY;
  from.on('data', (bytes) => {
    if (left <= 0) return;
    const passed = bytes.subarray(0, Math.min(left, bytes.length));
    left -= bytes.length;
    if (left > 0 || damage === undefined) return void to.write(passed);
    onDone(damage.kind);
    // What comes before the damage arrives.
    to.write(passed, () => {
      if (damage.kind === 'cut') cut(from, to);
      if (damage.kind === 'halfClose') to.end();
    });
  });
  from.on('end', () => left > 0 && to.end());
  from.on('error', () => cut(to));
  from.on('close', () => to.destroy());
};

/** Listens on a free port; ends with the test. */
export const openProxy = async (target: number): Promise<TcpProxy> => {
  const open = new Set<Socket>();
  const done = { cut: 0, stall: 0, halfClose: 0 };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = createConnection({ port: proxy.target, host: '127.0.0.1', allowHalfOpen: true });
    const damage = proxy.damage();
    const count = (kind: Damage['kind']): void => {
      done[kind] += 1;
    };
    pump(client, upstream, damage?.way === 'request' ? damage : undefined, count);
    pump(upstream, client, damage?.way === 'answer' ? damage : undefined, count);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const proxy: TcpProxy = {
    url: `http://127.0.0.1:${port}`,
    target,
    damage: () => undefined,
    done,
    cutAll: () => cut(...open),
  };
  onTestFinished(() => {
    proxy.cutAll();
    server.close();
  });
  return proxy;
};
