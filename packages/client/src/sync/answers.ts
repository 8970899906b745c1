import type { DigestAnswer, HistoryAnswer, PullAnswer, PushAnswer, SessionAnswer } from '@tidemark/protocol/messages';
import { listOf, shapeOf } from '../shape.ts';
import { isRecordState } from '../store/rows.ts';

// Answers come from our own server over TLS; these checks tell them from a proxy's page or a cut-off body.

const areVerdicts = listOf(shapeOf({ mutationId: 'string' }));
const areStates = listOf(isRecordState);

export const isPushAnswer = shapeOf<PushAnswer>({
  accepted: areVerdicts,
  rejected: areVerdicts,
  epoch: 'string',
  spaceId: 'string',
  ackedN: 'number',
});

export const isPullAnswer = shapeOf<PullAnswer>({
  changes: areStates,
  cursor: 'string',
  epoch: 'string',
  spaceId: 'string',
  seq: 'number',
  hasMore: 'boolean',
});

export const isSessionAnswer = shapeOf<SessionAnswer>({ spaceId: 'string', subject: 'string', issuer: 'string' });

export const isDigestAnswer = shapeOf<DigestAnswer>({ collections: 'object', seq: 'number', epoch: 'string' });

export const isHistoryAnswer = shapeOf<HistoryAnswer>({ entries: areStates });
