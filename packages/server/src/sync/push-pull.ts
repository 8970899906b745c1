import { printPull } from '@tidemark/engine';
import { pullRequestSchema, syncRequestSchema } from '@tidemark/protocol/messages';
import { answerJson, answerRefusal, answerText } from '../http/answer.ts';
import { readMessage, readPush, readQuery } from '../http/check.ts';
import type { Call, Route } from './call.ts';
import { emptyQuery, pushQuery } from './queries.ts';

const push = async ({ c, app, space, services }: Call): Promise<Response> => {
  const query = readQuery(c, pushQuery);
  if (!query.ok) return answerRefusal(c, query.error);
  const request = await readPush(c);
  if (!request.ok) return answerRefusal(c, request.error);
  const dryRun = query.value.dryRun === 'true';
  const pushed = await services.engine.push(space, request.value, { dryRun });
  if (!pushed.ok) return answerRefusal(c, pushed.error);
  if (!dryRun) services.metrics.pushed(app.name, pushed.value);
  return answerJson(c, pushed.value);
};

const pull = async ({ c, space, services }: Call): Promise<Response> => {
  const query = readQuery(c, emptyQuery);
  if (!query.ok) return answerRefusal(c, query.error);
  const request = await readMessage(c, pullRequestSchema);
  if (!request.ok) return answerRefusal(c, request.error);
  const page = await services.engine.pull(space, request.value);
  return page.ok ? answerText(c, printPull(page.value)) : answerRefusal(c, page.error);
};

const sync = async ({ c, app, space, services }: Call): Promise<Response> => {
  const query = readQuery(c, emptyQuery);
  if (!query.ok) return answerRefusal(c, query.error);
  const request = await readMessage(c, syncRequestSchema);
  if (!request.ok) return answerRefusal(c, request.error);
  const synced = await services.engine.sync(space, request.value);
  if (!synced.ok) return answerRefusal(c, synced.error);
  services.metrics.pushed(app.name, synced.value.push);
  return answerText(c, `{"push":${JSON.stringify(synced.value.push)},"pull":${printPull(synced.value.pull)}}`);
};

export const pushPullRoutes: readonly Route[] = [
  { method: 'POST', path: '/sync/push', access: 'write', handle: push },
  { method: 'POST', path: '/sync/pull', access: 'read', handle: pull },
  { method: 'POST', path: '/sync', access: 'write', handle: sync },
];
