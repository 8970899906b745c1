import { type Env, ok, type Result } from '@tidemark/protocol';
import { Hono } from 'hono';
import * as z from 'zod';
import { type Listener, listen } from '../../platform/listen.ts';
import { isLoopbackHost } from '../development-route.ts';
import type { IssuerConfig } from '../external/issuer-config.ts';
import { createLocalIssuer, type LocalIssuer, refusedInProduction } from './local-issuer.ts';

const personSchema = z.strictObject({
  sub: z.string().min(1).max(255),
  email: z.email().exactOptional(),
  emailVerified: z.boolean().exactOptional(),
  name: z.string().max(255).exactOptional(),
  phone: z
    .string()
    .regex(/^\+[1-9]\d{1,14}$/)
    .exactOptional(),
});

const HOST = '127.0.0.1';
const CLOSE_MS_MAX = 1_000;

export interface ServedLocalIssuer extends LocalIssuer {
  close(): Promise<void>;
}

/**
 * A local issuer on a loopback port of its own: `GET /.well-known/jwks.json`, `GET /.well-known/openid-configuration`,
 * and `POST /token` with a person, which answers `{ token }`. Pages of other origins cannot read it (no CORS) nor reach
 * it under a foreign host name. Refused as createLocalIssuer; rejects when the port cannot be had.
 */
export const serveLocalIssuer = async (
  options: { readonly like: IssuerConfig; readonly port: number; readonly nodeEnv: string | undefined },
  env: Env,
): Promise<Result<ServedLocalIssuer>> => {
  const refusal = refusedInProduction(options.nodeEnv);
  if (refusal !== undefined) return refusal;
  let app: Hono | undefined;
  const listener = await listen(
    (request) => app?.fetch(request) ?? new Response(null, { status: 503 }),
    { port: options.port, host: HOST },
    env,
  );
  const created = await createLocalIssuer({ ...options, address: `http://${HOST}:${listener.port}`, env });
  if (!created.ok) {
    await listener.close(CLOSE_MS_MAX);
    return created;
  }
  app = localIssuerApp(created.value);
  return ok({ ...created.value, close: () => closed(listener) });
};

const closed = async (listener: Listener): Promise<void> => void (await listener.close(CLOSE_MS_MAX));

const localIssuerApp = (issuer: LocalIssuer): Hono => {
  const app = new Hono();
  app.use(async (c, next) => {
    const host = c.req.header('Host')?.replace(/:\d+$/, '') ?? '';
    return isLoopbackHost(host) && c.req.header('Origin') === undefined ? next() : c.text('Only programs of this machine.', 403);
  });
  app.get('/.well-known/jwks.json', async (c) => c.body(await issuer.jwks(), 200, { 'Content-Type': 'application/json' }));
  app.get('/.well-known/openid-configuration', (c) => c.json({ issuer: issuer.address, jwks_uri: issuer.external.jwksUri }));
  app.post('/token', async (c) => {
    const person = personSchema.safeParse(await c.req.json().catch(() => undefined));
    return person.success ? c.json({ token: await issuer.signIn(person.data) }) : c.json({ error: z.prettifyError(person.error) }, 400);
  });
  return app;
};
