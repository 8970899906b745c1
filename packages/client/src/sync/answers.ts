import { isJsonObject } from '@tidemark/protocol';
import type { DigestAnswer, HistoryAnswer, PullAnswer, PushAnswer, SessionAnswer } from '@tidemark/protocol/messages';
import { isRecordState } from '../store/rows.ts';

// Answers come from our own server over TLS; these checks tell them from a proxy's page or a cut-off body.

export const isPushAnswer = (body: unknown): body is PushAnswer =>
  isJsonObject(body) &&
  isList(body.accepted) &&
  isList(body.rejected) &&
  isText(body.epoch) &&
  isText(body.spaceId) &&
  isCount(body.ackedN);

export const isPullAnswer = (body: unknown): body is PullAnswer =>
  isJsonObject(body) &&
  Array.isArray(body.changes) &&
  body.changes.every(isRecordState) &&
  isText(body.cursor) &&
  isText(body.epoch) &&
  isText(body.spaceId) &&
  isCount(body.seq) &&
  typeof body.hasMore === 'boolean';

export const isSessionAnswer = (body: unknown): body is SessionAnswer =>
  isJsonObject(body) && isText(body.spaceId) && isText(body.subject) && isText(body.issuer);

export const isDigestAnswer = (body: unknown): body is DigestAnswer =>
  isJsonObject(body) && isJsonObject(body.collections) && isCount(body.seq) && isText(body.epoch);

export const isHistoryAnswer = (body: unknown): body is HistoryAnswer =>
  isJsonObject(body) && Array.isArray(body.entries) && body.entries.every(isRecordState);

const isText = (value: unknown): boolean => typeof value === 'string';
const isCount = (value: unknown): boolean => Number.isSafeInteger(value);
const isList = (value: unknown): boolean => Array.isArray(value) && value.every((item) => isJsonObject(item) && isText(item.mutationId));
