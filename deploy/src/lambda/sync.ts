import { createHttpApp } from '@tidemark/server';
import { mountsOf } from 'tidemark/apps';
import { GATEWAY_BODY_BYTES_MAX, type GatewayHandler, serveGateway } from './gateway.ts';
import { noPasswords } from './no-passwords.ts';
import { once, openFunction } from './open-function.ts';
import { env, variables } from './platform/process.ts';
import { readSettings } from './settings.ts';

const open = once(async () => {
  const opened = await openFunction({ settings: readSettings(variables), variables, env }, noPasswords);
  const { engine, identity, logger, metrics, storage, accounts, config, settings } = opened;
  const { origins } = config.cors ?? {};
  const http = createHttpApp({
    engine,
    identity,
    env,
    logger,
    metrics,
    items: storage.accounts,
    mounts: mountsOf(settings.only).map((mount) => {
      const requireVerifiedEmail = config.apps?.[mount.app.name]?.requireVerifiedEmail;
      return { ...mount, ...(requireVerifiedEmail === undefined ? {} : { requireVerifiedEmail }) };
    }),
    https: true,
    live: 'poll',
    limits: { bodyBytesMax: GATEWAY_BODY_BYTES_MAX },
    ...(origins === undefined || origins === '*' ? {} : { origins }),
    ...(accounts === undefined ? {} : { accounts: { mount: () => {}, mountJwks: accounts.mountJwks, forApps: accounts.forApps } }),
  });
  return serveGateway(http, settings.basePath, env);
});

/** Sync, REST, exports: everything but signing in. */
export const handler: GatewayHandler = async (event, context) => (await open())(event, context);
