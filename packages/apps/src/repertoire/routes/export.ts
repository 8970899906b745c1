import { ok, refuse } from '@tidemark/protocol';
import { answerText, type Call, endpoint, NO_INPUT, setHeader } from '@tidemark/server/rest';
import * as z from 'zod';
import { openChanges, type Row } from './changes.ts';
import { printSession } from './session-table.ts';
import { exportAnswer } from './shapes.ts';
import { userOf } from './user.ts';
import { toWire } from './wire-piece.ts';

const liveRows = async (call: Call, collection: 'pieces' | 'sessions') => {
  const changes = openChanges(call, collection, undefined);
  const read = await changes.readOn();
  return read.ok ? ok([...changes.rows.values()].filter((row: Row) => !row.deleted)) : read;
};

/** Everything of a person in one file. */
export const exportEndpoint = endpoint({
  ...NO_INPUT,
  method: 'GET',
  path: '/users/:userId/export',
  tag: 'Export',
  summary: 'Export all data of a person',
  description: 'Only of whoever asks.',
  params: z.object({ userId: z.string() }),
  answers: {
    200: {
      description: 'A file to keep',
      schema: exportAnswer,
      headers: { 'Content-Disposition': 'Has it saved as a file' },
    },
  },
  handle: async (call, { params }) => {
    const { principal, services, c } = call;
    if (params.userId !== principal.subject) return refuse('FORBIDDEN', 'This is not your user id: only your own data can be exported.');
    const pieces = await liveRows(call, 'pieces');
    if (!pieces.ok) return pieces;
    const sessions = await liveRows(call, 'sessions');
    if (!sessions.ok) return sessions;
    const exportDate = new Date(services.env.wall()).toISOString();
    setHeader(c, 'Content-Disposition', `attachment; filename="repertoire-${exportDate.slice(0, 10)}.json"`);
    const about = { exportDate, exportVersion: '1.0', user: userOf(principal) };
    const file = { ...about, pieces: pieces.value.map((row) => toWire(row, row.id, principal.subject, undefined)) };
    const practised = sessions.value.map((row) => printSession(row.id, row.fieldsJson ?? '{}', principal.subject)).join(',');
    return ok(await answerText(c, `${JSON.stringify(file).slice(0, -1)},"practiceSessions":[${practised}]}`));
  },
});
