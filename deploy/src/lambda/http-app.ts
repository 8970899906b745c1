import { createHttpApp, type HttpAppOptions } from '@tidemark/server';
import { mountsOf } from 'tidemark/apps';
import { GATEWAY_BODY_BYTES_MAX } from './gateway.ts';
import type { OpenedFunction } from './open-function.ts';
import { env } from './platform/process.ts';

/** The server as a function behind API Gateway serves it: live streams by polling, bodies as large as the gateway lets through. */
export const createFunctionApp = (
  opened: OpenedFunction,
  accounts: HttpAppOptions['accounts'] | undefined,
): ReturnType<typeof createHttpApp> => {
  const { engine, identity, logger, metrics, storage, config, settings } = opened;
  const { origins } = config.cors ?? {};
  return createHttpApp({
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
    ...(accounts === undefined ? {} : { accounts }),
  });
};
