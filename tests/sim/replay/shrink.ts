import { type Report, run } from '../run.ts';
import { FAULTS, type Profile } from '../world/profile.ts';

/** Runs that shrinking may take. */
const BUDGET = 150;

/** Simpler profiles, the greatest steps first: no fault kind that is not needed, less of everything, a shorter run. */
const simpler = (profile: Profile): Profile[] => {
  const withFaults = (faults: Partial<Profile['faults']>): Profile => ({ ...profile, faults: { ...profile.faults, ...faults } });
  const on = FAULTS.filter((fault) => profile.faults[fault] > 0);
  const half = on.slice(0, Math.floor(on.length / 2));
  const off = (faults: readonly string[]): Profile => withFaults(Object.fromEntries(faults.map((fault) => [fault, 0])));
  return [
    ...(on.length > 3 ? [off(half), off(on.filter((fault) => !half.includes(fault)))] : []),
    ...on.map((fault) => off([fault])),
    { ...profile, users: 1 },
    { ...profile, tabs: 1 },
    { ...profile, servers: 1 },
    { ...profile, devices: Math.max(1, profile.devices - 1) },
    { ...profile, records: Math.max(1, Math.floor(profile.records / 2)) },
    { ...profile, busyMs: profile.busyMs / 2 },
    { ...profile, busyMs: profile.busyMs * 0.8 },
    { ...profile, editEveryMs: profile.editEveryMs * 2 },
    { ...profile, clockSkewMs: 0 },
    { ...profile, sqlite: false },
    { ...profile, live: 0 },
  ].filter((one) => JSON.stringify(one) !== JSON.stringify(profile));
};

/** The simplest run found that violates the same invariant. Streams are separate, so what is left stays as it was. */
export const shrink = async (failed: Pick<Report, 'profile' | 'violations'>, tell: (line: string) => void): Promise<Report> => {
  const wanted = failed.violations[0]?.invariant;
  let best = await run(failed.profile.seed, failed.profile);
  let left = BUDGET;
  for (let found = true; found && left > 0; ) {
    found = false;
    for (const profile of simpler(best.profile)) {
      if (left <= 0) break;
      left -= 1;
      const report = await run(profile.seed, profile);
      if (report.violations[0]?.invariant !== wanted) continue;
      best = report;
      found = true;
      tell(`${report.steps} steps, ${report.mutations} mutations, faults: ${FAULTS.filter((one) => profile.faults[one] > 0).join(' ')}`);
      break;
    }
  }
  return best;
};
