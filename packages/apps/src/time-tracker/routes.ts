import { checkId, ok, refuse } from '@tidemark/protocol';
import { type AppRoutes, answerJson, endpoint, NO_INPUT, plainDialect, restRoutes } from '@tidemark/server/rest';
import { deleteAll } from './routes/delete.ts';
import { downloadPage } from './routes/download.ts';
import { deleteAnswer, deleteBody, downloadAnswer, downloadQuery, uploadAnswer, uploadBody } from './routes/shapes.ts';
import { uploadAll } from './routes/upload.ts';

const PAGE_MAX = 1_000;

const upload = endpoint({
  ...NO_INPUT,
  method: 'POST',
  path: '/sync/upload',
  tag: 'Sync',
  summary: 'Upload tasks',
  description: 'A task is stored if it is new, or one version above the stored one. One result for each, in their order.',
  body: uploadBody,
  answers: { 200: { description: 'What became of each task', schema: uploadAnswer } },
  handle: async (call, { body }) => {
    const results = await uploadAll(call, body.tasks);
    if (!results.ok) return results;
    // The newest change there is. As a `since` it would hide what others wrote since the caller's last download.
    const { time: serverTime } = await call.services.engine.position(call.space, { time: Number.MAX_SAFE_INTEGER });
    return ok(await answerJson(call.c, { results: results.value, serverTime }));
  },
});

const download = endpoint({
  ...NO_INPUT,
  method: 'GET',
  path: '/sync/download',
  tag: 'Sync',
  summary: 'Download what was stored since',
  description: 'Send the serverTime of the last page as the next `since`. `since` goes by the time at which the server stored a task.',
  query: downloadQuery,
  answers: { 200: { description: 'A page; the last one has no nextCursor', schema: downloadAnswer } },
  refusals: ['BAD_CURSOR', 'WRONG_SPACE'],
  handle: async (call, { query }) => {
    const page = await downloadPage(call, Number(query.since ?? 0), Number(query.limit ?? PAGE_MAX), query.cursor);
    return page.ok ? ok(await answerJson(call.c, page.value)) : page;
  },
});

const remove = endpoint({
  ...NO_INPUT,
  method: 'POST',
  path: '/tasks/delete',
  tag: 'Sync',
  summary: 'Delete tasks',
  description: 'A repeat gets the same answer.',
  body: deleteBody,
  answers: { 200: { description: 'Which are deleted now, and which never were here', schema: deleteAnswer } },
  handle: async (call, { body }) => {
    const wrong = body.ids.map(checkId).find((refusal) => refusal !== undefined);
    if (wrong !== undefined) return refuse('BAD_REQUEST', `ids: ${wrong.message}`);
    const done = await deleteAll(call, [...new Set(body.ids)]);
    return done.ok ? ok(await answerJson(call.c, done.value)) : done;
  },
});

/** The routes of docs/TIME-TRACKER.md, beside the native ones. */
export const timeTrackerRoutes: AppRoutes = restRoutes({
  title: 'Task timer',
  description: 'The tasks of one person, for timers that sync by uploads and downloads. Send a token as Authorization: Bearer.',
  version: '1.0.0',
  dialect: plainDialect,
  rateLimit: { burst: 60, perSecond: 5 },
  endpoints: () => [upload, download, remove],
});
