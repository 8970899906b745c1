export type { Open, Opened } from './build.ts';
export { storageConformance } from './conformance.suite.ts';
