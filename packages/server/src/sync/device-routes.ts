import { renameDeviceSchema } from '@tidemark/protocol/messages';
import { readMessage } from '../http/check.ts';
import { answer, type Call, type Route } from './call.ts';

const clientIdOf = (call: Call): string => call.c.req.param('clientId') ?? '';

const list = async ({ c, space, services }: Call): Promise<Response> => answer(c, await services.engine.devices(space));

const rename = async (call: Call): Promise<Response> => {
  const request = await readMessage(call.c, renameDeviceSchema);
  return answer(call.c, request.ok ? await call.services.engine.renameDevice(call.space, clientIdOf(call), request.value.name) : request);
};

const revoke = async (call: Call): Promise<Response> =>
  answer(call.c, await call.services.engine.revokeDevice(call.space, clientIdOf(call)));

/** The clients of a space as a person sees them. */
export const deviceRoutes: readonly Route[] = [
  { method: 'GET', path: '/devices', access: 'read', handle: list },
  { method: 'PATCH', path: '/devices/:clientId', access: 'write', handle: rename },
  { method: 'DELETE', path: '/devices/:clientId', access: 'write', handle: revoke },
];
