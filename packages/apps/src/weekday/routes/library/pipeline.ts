export { CATALOGUE, CATALOGUE_VERSION } from '../../library/catalogue/catalogue.ts';
export type { Entry, ReadFile, RefusedRow } from '../../library/entry.ts';
export { readFreeExerciseDb } from '../../library/read/free-exercise-db.ts';
export { readUsdaSr } from '../../library/read/usda-sr.ts';
export { LIBRARY_SPACE, weekdayLibrary } from '../../library/schema.ts';
export { type FillReport, fillLibrary } from './fill-library.ts';
