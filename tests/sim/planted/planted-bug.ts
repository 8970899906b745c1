import type { Fault } from '../world/profile.ts';

/** A known kind of bug, planted into a test build by replacing exact pieces of the sources. */
export interface PlantedBug {
  readonly name: string;
  /** Class of docs/TESTING.md that it stands for. */
  readonly kind: 'order' | 'once' | 'durability' | 'outbox' | 'healing' | 'convergence' | 'conflicts' | 'isolation' | 'progress' | 'schema';
  /** From the repository's folder. */
  readonly file: string;
  /** What is replaced by what; each text must stand in the file exactly once. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** Fault kinds that it takes, where the seeds' own rarely meet; the hunt then looks with just these. */
  readonly focus?: readonly Fault[];
  /** It must be found within so many seeds. */
  readonly seedsMax: number;
}

/** The file with the bug in it. Throws where a text to replace does not stand there exactly once. */
export const plant = ({ name, file, edits }: PlantedBug, source: string): string => {
  let text = source;
  for (const [from, to] of edits) {
    const count = text.split(from).length - 1;
    if (count !== 1) throw new Error(`planted bug "${name}": ${file} has ${count} times: ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
};
