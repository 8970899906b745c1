import { type GatewayHandler, serveGateway } from './gateway.ts';
import { createFunctionApp } from './http-app.ts';
import { noPasswords } from './no-passwords.ts';
import { once, openFunction } from './open-function.ts';
import { env, variables } from './platform/process.ts';
import { readSettings } from './settings.ts';

const open = once(async () => {
  const opened = await openFunction({ settings: readSettings(variables), variables, env }, noPasswords);
  const { accounts, settings } = opened;
  const signInElsewhere = accounts && { mount: () => {}, mountJwks: accounts.mountJwks, forApps: accounts.forApps };
  return serveGateway(createFunctionApp(opened, signInElsewhere), settings.basePath, env);
});

/** Sync, REST, exports: everything but signing in. */
export const handler: GatewayHandler = async (event, context) => (await open())(event, context);
