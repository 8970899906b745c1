import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openTestServer, pushOf, put } from '../server.suite.ts';

/** An OTLP receiver on loopback that keeps what it is sent. */
const openReceiver = async () => {
  const received: { path: string; body: string }[] = [];
  const receiver = createServer(async (incoming, outgoing) => {
    received.push({ path: incoming.url ?? '', body: await text(incoming) });
    outgoing.setHeader('Content-Type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void receiver.close());
  const isInfo = (address: string | AddressInfo | null): address is AddressInfo => typeof address === 'object' && address !== null;
  const address = receiver.address();
  if (!isInfo(address)) throw new Error('the receiver has no port');
  return { received, endpoint: `http://127.0.0.1:${address.port}` };
};

test('a span a request goes to the OTLP endpoint, its trace id stands in the log, a caller may name the trace', async () => {
  const { received, endpoint } = await openReceiver();
  const server = await openTestServer({ otlpEndpoint: endpoint });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await server.call('POST', '/apps/notes/sync/push', pushOf([put(1, 'a')]), { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
  await server.call('GET', '/apps/notes/sync/session');
  await server.server.close();
  expect(received.map(({ path }) => path)).toEqual(['/v1/traces']);
  const body = received.map((request) => request.body).join();
  const spans = JSON.parse(body).resourceSpans[0].scopeSpans[0].spans;
  expect(spans).toHaveLength(2);
  expect(spans[0]).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331', name: 'POST /sync/push' });
  expect(spans[0].attributes).toContainEqual({ key: 'tidemark.app', value: { stringValue: 'notes' } });
  expect(spans[0].attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: 200 } });
  expect(spans[1]).toMatchObject({ name: 'GET /sync/session' });
  const requests = server.logged().filter((line) => line.msg === 'request');
  expect(requests.map((line) => line.traceId)).toEqual([traceId, spans[1].traceId]);
});

test('without an endpoint there is no trace id', async () => {
  const server = await openTestServer();
  await server.call('GET', '/apps/notes/sync/session');
  expect(server.logged().find((line) => line.msg === 'request')).not.toHaveProperty('traceId');
});

test('a receiver that is gone does not hold the server up', async () => {
  const server = await openTestServer({ otlpEndpoint: 'http://127.0.0.1:9' });
  expect((await server.call('GET', '/apps/notes/sync/session')).status).toBe(200);
  await server.server.close();
});
