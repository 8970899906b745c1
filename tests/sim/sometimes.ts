/** Situations that a campaign has to meet; a counter that stays at zero says that the simulator does not look there. */
export interface Sometimes {
  readonly counts: ReadonlyMap<string, number>;
  hit(situation: string): void;
}

export const createSometimes = (): Sometimes => {
  const counts = new Map<string, number>();
  return { counts, hit: (situation) => void counts.set(situation, (counts.get(situation) ?? 0) + 1) };
};
