/** What is mutated, and the folder whose tests must notice. */
export const PARTS = {
  merge: 'packages/protocol/src/merge',
  plan: 'packages/engine/src/plan',
};

/** The folder of the part that the run is about. */
export const chosenFolder = () => PARTS[process.env.MUTATION_PART];

/** Where Stryker leaves what it found, from the repository's folder. */
export const reportOf = (part) => `.stamp/mutation-${part}.json`;
