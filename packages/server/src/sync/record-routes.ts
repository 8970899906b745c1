import { checkJson, ok, PROTOCOL_VERSION } from '@tidemark/protocol';
import { resolveRequestSchema, restoreRequestSchema, type SessionAnswer } from '@tidemark/protocol/messages';
import { answerRefusal } from '../http/answer.ts';
import { readMessage, readQuery } from '../http/check.ts';
import { answer, type Call, type Route } from './call.ts';
import { conflictsQuery, emptyQuery, historyQuery, stateQuery } from './queries.ts';

const session = async ({ c, app, principal, space, services }: Call): Promise<Response> => {
  const query = readQuery(c, emptyQuery);
  if (!query.ok) return answerRefusal(c, query.error);
  const found = await services.engine.session(space);
  if (!found.ok) return answerRefusal(c, found.error);
  const value: SessionAnswer = {
    app: app.name,
    issuer: principal.issuer,
    subject: principal.subject,
    ...found.value,
    protocolVersion: PROTOCOL_VERSION,
    schemaVersion: app.schemaVersion,
    limits: services.limits,
  };
  return answer(c, ok(value));
};

const conflicts = async ({ c, space, services }: Call): Promise<Response> => {
  const query = readQuery(c, conflictsQuery);
  return answer(c, query.ok ? await services.engine.conflicts(space, query.value) : query);
};

const resolve = async ({ c, principal, space, services }: Call): Promise<Response> => {
  const request = await readMessage(c, resolveRequestSchema);
  if (!request.ok) return answerRefusal(c, request.error);
  const refusal = request.value.value === undefined ? undefined : checkJson(request.value.value);
  if (refusal !== undefined) return answerRefusal(c, refusal);
  return answer(c, await services.engine.resolve(space, c.req.param('id') ?? '', request.value, principal.clientId));
};

const history = async ({ c, space, services }: Call): Promise<Response> => {
  const query = readQuery(c, historyQuery);
  return answer(c, query.ok ? await services.engine.history(space, query.value) : query);
};

const state = async ({ c, space, services }: Call): Promise<Response> => {
  const query = readQuery(c, stateQuery);
  return answer(c, query.ok ? await services.engine.stateAt(space, query.value) : query);
};

const restore = async ({ c, space, services }: Call): Promise<Response> => {
  const request = await readMessage(c, restoreRequestSchema);
  return answer(c, request.ok ? await services.engine.restore(space, request.value) : request);
};

const digest = async ({ c, space, services }: Call): Promise<Response> => {
  const query = readQuery(c, emptyQuery);
  return answer(c, query.ok ? await services.engine.digest(space) : query);
};

/** Session, conflicts, history, state, restore and digest. */
export const recordRoutes: readonly Route[] = [
  { method: 'GET', path: '/sync/session', access: 'read', handle: session },
  { method: 'GET', path: '/sync/conflicts', access: 'read', handle: conflicts },
  { method: 'POST', path: '/sync/conflicts/:id/resolve', access: 'write', handle: resolve },
  { method: 'GET', path: '/sync/history', access: 'read', handle: history },
  { method: 'GET', path: '/sync/state', access: 'read', handle: state },
  { method: 'POST', path: '/sync/restore', access: 'write', handle: restore },
  { method: 'GET', path: '/sync/digest', access: 'read', handle: digest },
];
