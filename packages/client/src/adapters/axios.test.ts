import { createServer } from 'node:http';
import axios from 'axios';
import { expect, onTestFinished, test } from 'vitest';
import { addAxiosAuth, refusalOf } from './axios.ts';

/** A server that takes one token, after a moment in which all requests of a test have come in. */
const serve = async (state: { good: string; hold: number }) => {
  const seen: string[] = [];
  const held: (() => void)[] = [];
  const server = createServer((request, response) => {
    const bearer = request.headers.authorization ?? '';
    seen.push(bearer);
    const answer = (): void => {
      const isGood = bearer === `Bearer ${state.good}`;
      const error = { code: 'UNAUTHENTICATED', message: 'No valid token', correlationId: 'c-1' };
      response.writeHead(isGood ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(isGood ? { ok: true } : { error }));
    };
    held.push(answer);
    if (held.length >= state.hold) for (const one of held.splice(0)) one();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { seen, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/` };
};

test('thirty requests that are refused at once share one refresh, and each is sent again', async () => {
  const state = { good: 'new', hold: 30 };
  const { url, seen } = await serve(state);
  const instance = axios.create({ baseURL: url });
  const refused: string[] = [];
  let held = 'old';
  addAxiosAuth(instance, async (stale) => {
    if (stale === undefined) return held;
    refused.push(stale);
    await new Promise((resolve) => setImmediate(resolve));
    held = 'new';
    return held;
  });
  const answers = await Promise.all(Array.from({ length: 30 }, () => instance.get('x')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(refused).toEqual(['old']);
  expect(seen.filter((one) => one === 'Bearer old')).toHaveLength(30);
});

test('gives up after one more try, or where nobody is signed in, and ends when told', async () => {
  const { url, seen } = await serve({ good: 'none', hold: 1 });
  const instance = axios.create({ baseURL: url });
  const end = addAxiosAuth(instance, (stale) => (stale === undefined ? 'a' : 'b'));
  const refusal = refusalOf(await instance.get('x').catch((fault: unknown) => fault));
  expect(refusal).toEqual({ code: 'UNAUTHENTICATED', message: 'No valid token', details: {}, status: 401, correlationId: 'c-1' });
  expect(seen).toEqual(['Bearer a', 'Bearer b']);
  end();
  addAxiosAuth(instance, () => null);
  await expect(instance.get('x')).rejects.toMatchObject({ response: { status: 401 } });
  expect(seen).toEqual(['Bearer a', 'Bearer b', '']);
});

test('a refresh that fails for want of a server signs nobody out: the next 401 tries again', async () => {
  const { url } = await serve({ good: 'new', hold: 1 });
  const instance = axios.create({ baseURL: url });
  let isDown = true;
  addAxiosAuth(instance, async (stale) => {
    if (stale === undefined) return 'old';
    if (isDown) throw new Error('no route to the server');
    return 'new';
  });
  expect(refusalOf(await instance.get('x').catch((fault: unknown) => fault))).toMatchObject({ code: 'UNAVAILABLE', status: 0 });
  isDown = false;
  expect((await instance.get('x')).data).toEqual({ ok: true });
});

test('maps what is no answer of ours by its status', async () => {
  const instance = axios.create({ baseURL: 'http://127.0.0.1:9/' });
  expect(refusalOf(await instance.get('x').catch((fault: unknown) => fault))).toMatchObject({ code: 'UNAVAILABLE', status: 0 });
  expect(refusalOf({ response: { status: 502, data: '<html>' } })).toMatchObject({ code: 'UNAVAILABLE', status: 502 });
  expect(refusalOf({ response: { status: 404, data: '' } })).toMatchObject({ code: 'BAD_REQUEST', status: 404 });
});
