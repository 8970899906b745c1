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

/** How long a visit lasted: as it says, or else from its start to its end. */
const lengthOf = ({ duration: told, durationSeconds, endedAt }: SentVisit, startedAt: number | null | undefined): number | undefined => {
  if (typeof told === 'number') return told;
  if (typeof durationSeconds === 'number') return durationSeconds * 1000;
  const between = typeof endedAt === 'number' && typeof startedAt === 'number' ? endedAt - startedAt : -1;
  return between >= 0 && between <= BROWSING_LIMITS.durationMax ? between : undefined;
};

const periodsOf = (sent: NonNullable<SentVisit['idlePeriods']>): NonNullable<PageVisitFields['idlePeriods']> =>
  sortedPeriods(
    sent.map(({ start, end, durationMs, reason: why, resumeReason }) => ({
      ...(typeof durationMs === 'number' ? { durationMs } : {}),
      ...(typeof end === 'number' ? { end } : {}),
      ...(typeof why === 'string' ? { reason: why } : {}),
      ...(typeof resumeReason === 'string' ? { resumeReason } : {}),
      start,
    })),
  );

/** What the visit names or what follows from its id, such as `pv_1732100000000_7`. */
const placeOf = (sent: SentVisit, visitId: string): { readonly startedAt: number | undefined; readonly tabId: number | undefined } => {
  const named = sent.timestamp ?? sent.startedAt ?? undefined;
  const namedTab = sent.tabId ?? undefined;
  if (named !== undefined && namedTab !== undefined && namedTab >= -1) return { startedAt: named, tabId: namedTab };
  const [, toldStart, toldTab] = TELLING_ID.exec(visitId) ?? [];
  const start = Number(toldStart ?? Number.NaN);
  const startedAt = named ?? (start <= BROWSING_LIMITS.timeMax ? start : undefined);
  const tabId = namedTab ?? (toldTab === undefined ? undefined : Number(toldTab));
  return { startedAt, tabId: tabId !== undefined && tabId >= -1 ? tabId : undefined };
};

/** When the browser had last looked at a visit, as far as it says. */
const lookedAt = ({ endedAt, lastHeartbeat }: SentVisit, startedAt: number | undefined, lasted: number | undefined): number =>
  Math.max(endedAt ?? 0, lastHeartbeat ?? 0, (startedAt ?? 0) + (lasted ?? 0));

/**
 * The record of a visit that was checked by `sentVisit`. What the visit leaves out is derived where it can be (tab and start from
 * its id, the domain from the address, the duration from start and end), or absent.
 * `client` stands in where the visit names no anonymousClientId.
 */
export const visitRecord = (sent: SentVisit, client: string): ReadyRecord<PageVisitFields> => {
  const visitId = sent.id ?? sent.visitId ?? '';
  const anonymousClientId = sent.anonymousClientId ?? client;
  const { startedAt, tabId } = placeOf(sent, visitId);
  const lasted = lengthOf(sent, startedAt);
  const at = lookedAt(sent, startedAt, lasted);
  const describedAt = Math.min(at, BROWSING_LIMITS.timeMax);
  const domain = sent.domain ? sent.domain.toLowerCase() : domainOf(sent.url);
  const { activeDuration, category, endedAt, engagementRate, idlePeriods, isActive, lastHeartbeat, metadata, title } = sent;
  const hasEnded = typeof endedAt === 'number';
  const fields: Partial<Writable<PageVisitFields>> = {};
  // In the order of their names: whatever prints them as canonical JSON has nothing to sort.
  if (typeof activeDuration === 'number') fields.activeDuration = activeDuration;
  fields.anonymousClientId = anonymousClientId;
  if (category) {
    fields.category = category;
    fields.categoryAt = describedAt;
    fields.categoryConfidence = sent.categoryConfidence ?? null;
    fields.categoryMethod = sent.categoryMethod ?? null;
  }
  if (domain !== undefined) fields.domain = domain;
  if (lasted !== undefined) fields.duration = lasted;
  if (hasEnded) fields.endedAt = endedAt;
  if (typeof engagementRate === 'number') fields.engagementRate = engagementRate;
  if (idlePeriods && idlePeriods.length > 0) fields.idlePeriods = periodsOf(idlePeriods);
  if (hasEnded || typeof isActive === 'boolean') fields.isActive = !hasEnded && isActive === true;
  if (typeof lastHeartbeat === 'number') fields.lastHeartbeat = lastHeartbeat;
  if (metadata) fields.metadata = metadata;
  if (startedAt !== undefined) fields.startedAt = startedAt;
  if (tabId !== undefined) fields.tabId = tabId;
  if (title) {
    fields.title = title;
    fields.titleAt = describedAt;
  }
  return { id: visitKey(anonymousClientId, visitId), fields: Object.assign(fields, { anonymousClientId, url: sent.url, visitId }), at };
};
