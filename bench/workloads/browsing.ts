import { now, timed } from '../platform/clock.ts';
import { type Connection, connect } from '../platform/http.ts';
import { freshFolder } from '../platform/process.ts';
import { median, quantile } from '../statistics.ts';
import { startTidemark, type TidemarkServer } from '../tidemark-server.ts';
import type { Bench, Measured, Workload } from '../workload.ts';

const APP = 'browsing';
const USER = 'ann';
const BATCH = 1_000;
const VISITS = 100_000;
const SITES = 300;
/** One visit begins every two minutes: 100,000 are twenty weeks. */
const EVERY_MS = 120_000;
const FIRST_MS = Date.UTC(2026, 1, 1);
const INSIGHTS = ['daily', 'weekly', 'hours', 'top-sites'];

const visitOf = (i: number) => {
  const timestamp = FIRST_MS + i * EVERY_MS;
  const domain = `site${(i * 7) % SITES}.example`;
  const idle = { start: timestamp + 30_000, end: timestamp + 50_000, durationMs: 20_000, reason: 'idle', resumeReason: 'active' };
  return {
    id: `pv_${timestamp}_${i % 40}`,
    tabId: i % 40,
    url: `https://${domain}/articles/${i}?from=start`,
    domain,
    timestamp,
    endedAt: timestamp + 90_000,
    duration: 90_000,
    isActive: false,
    anonymousClientId: 'laptop',
    activeDuration: 70_000,
    ...(i % 5 === 0 ? { idlePeriods: [idle] } : {}),
    engagementRate: 0.78,
    title: `Article ${i} of a site about tides`,
    synced: false,
  };
};

const batchOf = (from: number): string => JSON.stringify({ visits: Array.from({ length: BATCH }, (_, k) => visitOf(from + k)) });

const open = async (server: TidemarkServer): Promise<Connection> =>
  connect(`${server.url}/apps/${APP}`, { authorization: `Bearer ${await server.tokenOf(USER, APP)}` });

/** Visits a second: one batch after the other, as an extension sends them. */
const ingest = async (connection: Connection, visits: number): Promise<number> => {
  // What an extension sends is not made on the server's cores.
  const batches = Array.from({ length: visits / BATCH }, (_, k) => batchOf(k * BATCH));
  const ms = await timed(async () => {
    for (const batch of batches) await connection.call('POST', '/api/sync/page-visits', batch);
  });
  return (visits / ms) * 1_000;
};

interface Insight {
  readonly name: string;
  readonly first: number;
  readonly sample: readonly number[];
}

/** Each insight over all visits, by the clocks of a zone that changes them. */
const ask = async (connection: Connection, visits: number, times: number): Promise<readonly Insight[]> => {
  const to = FIRST_MS + visits * EVERY_MS;
  const all: Insight[] = [];
  for (const name of INSIGHTS) {
    const sample: number[] = [];
    for (let i = 0; i < times; i += 1) {
      const began = now();
      await connection.call('GET', `/api/insights/${name}?from=${FIRST_MS}&to=${to}&tz=Europe/Berlin`);
      sample.push(now() - began);
    }
    const [first = Number.NaN] = sample;
    all.push({ name, first, sample });
  }
  return all;
};

const run = async ({ quick, repetitions, profile }: Bench): Promise<readonly Measured[]> => {
  const visits = quick ? VISITS / 5 : VISITS;
  const of = `${visits.toLocaleString('en')} visits`;
  const rates: number[] = [];
  let data = '';
  for (let round = 0; round <= Math.min(repetitions, 3); round += 1) {
    data = freshFolder();
    const server = await startTidemark({ data, ...(profile === undefined ? {} : { profile }) });
    const connection = await open(server);
    rates.push(await ingest(connection, visits));
    connection.close();
    await server.stop();
  }
  // As it is after a restart: nothing is in memory yet.
  const server = await startTidemark({ data });
  const connection = await open(server);
  const insights = await ask(connection, visits, quick ? 30 : 100);
  connection.close();
  await server.stop();
  const [cold] = insights;
  return [
    { id: 'B ingest', what: `${of} in batches of 1,000, one after the other`, unit: 'visits/s', value: median(rates.slice(1)) },
    ...insights.map(({ name, sample }) => ({
      id: `B ${name}`,
      what: `insight over ${of}, p99`,
      unit: 'ms',
      value: quantile(sample.slice(1), 0.99),
    })),
    { id: 'B first', what: `the first insight after a restart, ${of}`, unit: 'ms', value: cold?.first ?? Number.NaN },
  ];
};

export const browsing: Workload = { id: 'B', title: 'uploads and insights of the browsing app', run };
