import { BURSTS_BEFORE, type Profile } from '../world/profile.ts';

/** A run that failed once. It is played again in every CI run. */
export interface Regression {
  /** What it found, and which commit mended it. */
  readonly note: string;
  readonly invariant: string;
  readonly profile: Profile;
}

export const asRegression = (text: string): Regression => {
  const regression: Regression = JSON.parse(text);
  return { ...regression, profile: { ...regression.profile, bursts: regression.profile.bursts ?? BURSTS_BEFORE } };
};
