import * as z from 'zod';
import { visitKey } from './keys.ts';
import { sortedPeriods } from './merge-rules.ts';
import { BROWSING_LIMITS, clientName, domainName, duration, type PageVisitFields, pageUrl, tabNumber, time } from './schema.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const text = z.string().max(BROWSING_LIMITS.textLengthMax).nullish();
const reason = z.string().max(200).nullish();
const period = z.object({ start: time, end: time.nullish(), durationMs: duration.nullish(), reason, resumeReason: reason });
const ratio = z.number().min(0).max(1).nullish();
/** What others called it, in place of the first name. */
const otherId = z.string().min(1).max(128).optional();

/** A page visit as browsers send it. Members that are not named here, such as `synced`, are read over. */
export const sentVisit = z
  .object({
    id: otherId,
    visitId: otherId.describe('The same as id'),
    url: pageUrl,
    tabId: tabNumber.nullish(),
    domain: z.union([domainName, z.literal('')]).nullish(),
    timestamp: time.nullish().describe('When the visit began'),
    startedAt: time.nullish().describe('The same as timestamp'),
    endedAt: time.nullish(),
    duration: duration.nullish(),
    durationSeconds: z
      .number()
      .min(0)
      .max(BROWSING_LIMITS.durationMax / 1000)
      .nullish(),
    isActive: z.boolean().nullish(),
    anonymousClientId: clientName.nullish(),
    activeDuration: duration.nullish(),
    idlePeriods: z.array(period).max(BROWSING_LIMITS.idlePeriodsMax).nullish(),
    engagementRate: ratio,
    lastHeartbeat: time.nullish(),
    title: text,
    category: text,
    categoryConfidence: ratio,
    categoryMethod: text,
    metadata: z.record(z.string(), z.json()).nullish(),
  })
  .refine(({ id, visitId }) => id !== undefined || visitId !== undefined, { path: ['id'], message: 'is required' });
export type SentVisit = z.input<typeof sentVisit>;

/** A record of this app, ready to be put. `at`: when the browser had last looked at it, by its clock. */
export interface ReadyRecord<F> {
  readonly id: string;
  readonly fields: F;
  readonly at: number;
}

/** `pv_<ms>_<tabId>`. */
const TELLING_ID = /^pv_(\d{10,15})_(-?\d{1,10})$/;

const hostOf = (url: string): string | undefined => {
  // Faster than a URL object, and enough for addresses that passed `pageUrl`.
  const host = /^(?:https?|ftp):\/\/(?:[^/?#\\@]*@)?([^/?#\\:]+)/i.exec(url)?.[1];
  return host === undefined || host.length > BROWSING_LIMITS.domainLengthMax ? undefined : host.toLowerCase();
};

/** The domain of an address, where it has one that fits. */
export const domainOf = (url: string): string | undefined =>
  /^[\x21-\x7e]*$/.test(url) && !url.includes('[') ? hostOf(url) : URL.canParse(url) ? new URL(url).hostname || undefined : undefined;

const describe = (fields: Writable<PageVisitFields>, sent: SentVisit, at: number): void => {
  const { title, category, categoryConfidence, categoryMethod } = sent;
  if (typeof title === 'string' && title !== '') {
    fields.title = title;
    fields.titleAt = at;
  }
  if (typeof category === 'string' && category !== '') {
    fields.category = category;
    fields.categoryConfidence = categoryConfidence ?? null;
    fields.categoryMethod = categoryMethod ?? null;
    fields.categoryAt = at;
  }
};

const measure = (fields: Writable<PageVisitFields>, sent: SentVisit, startedAt: number | null | undefined): void => {
  const { endedAt, activeDuration, lastHeartbeat, engagementRate, isActive, durationSeconds } = sent;
  const told = sent.duration ?? (typeof durationSeconds === 'number' ? durationSeconds * 1000 : undefined);
  const between = typeof endedAt === 'number' && typeof startedAt === 'number' ? endedAt - startedAt : undefined;
  const lasted = told ?? (between !== undefined && between >= 0 && between <= BROWSING_LIMITS.durationMax ? between : undefined);
  if (typeof startedAt === 'number') fields.startedAt = startedAt;
  if (typeof endedAt === 'number') fields.endedAt = endedAt;
  if (lasted !== undefined) fields.duration = lasted;
  if (typeof activeDuration === 'number') fields.activeDuration = activeDuration;
  if (typeof lastHeartbeat === 'number') fields.lastHeartbeat = lastHeartbeat;
  if (typeof engagementRate === 'number') fields.engagementRate = engagementRate;
  if (typeof endedAt === 'number') fields.isActive = false;
  else if (typeof isActive === 'boolean') fields.isActive = isActive;
};

const periodsOf = (sent: NonNullable<SentVisit['idlePeriods']>): NonNullable<PageVisitFields['idlePeriods']> =>
  sortedPeriods(
    sent.map(({ start, end, durationMs, reason: why, resumeReason }) => ({
      start,
      ...(typeof end === 'number' ? { end } : {}),
      ...(typeof durationMs === 'number' ? { durationMs } : {}),
      ...(typeof why === 'string' ? { reason: why } : {}),
      ...(typeof resumeReason === 'string' ? { resumeReason } : {}),
    })),
  );

/**
 * The record of a visit that was checked by `sentVisit`. What the visit leaves out is derived where it can be (tab and start from an
 * id such as `pv_1732100000000_7`, the domain from the address, the duration from start and end), or absent.
 * `client` stands in where the visit names no anonymousClientId.
 */
export const visitRecord = (sent: SentVisit, client: string): ReadyRecord<PageVisitFields> => {
  const visitId = sent.id ?? sent.visitId ?? '';
  const anonymousClientId = sent.anonymousClientId ?? client;
  const [, toldStart, toldTab] = TELLING_ID.exec(visitId) ?? [];
  const start = Number(toldStart ?? Number.NaN);
  const startedAt = sent.timestamp ?? sent.startedAt ?? (start <= BROWSING_LIMITS.timeMax ? start : undefined);
  const tabId = sent.tabId ?? (toldTab === undefined ? undefined : Number(toldTab));
  const fields: Writable<PageVisitFields> = { anonymousClientId, visitId, url: sent.url };
  measure(fields, sent, startedAt);
  if (typeof tabId === 'number' && tabId >= -1) fields.tabId = tabId;
  const domain = sent.domain ? sent.domain.toLowerCase() : domainOf(sent.url);
  if (domain !== undefined) fields.domain = domain;
  if (sent.idlePeriods && sent.idlePeriods.length > 0) fields.idlePeriods = periodsOf(sent.idlePeriods);
  if (sent.metadata) fields.metadata = sent.metadata;
  const at = Math.max(
    fields.startedAt ?? 0,
    fields.endedAt ?? 0,
    fields.lastHeartbeat ?? 0,
    (fields.startedAt ?? 0) + (fields.duration ?? 0),
  );
  describe(fields, sent, Math.min(at, BROWSING_LIMITS.timeMax));
  return { id: visitKey(anonymousClientId, visitId), fields, at };
};
