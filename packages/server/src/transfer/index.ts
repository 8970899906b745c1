export { applyImport, IMPORT_MODES, type ImportCounts, type ImportMode, type SoundExport } from './apply-import.ts';
export { type CheckedExport, checkExport, type FileProblem } from './check-export.ts';
export { ONE_BATCH, SMALL_BATCHES } from './import-batches.ts';
export { importFile } from './import-whole.ts';
export type { ExportSource } from './read-export.ts';
export { type Export, openExport } from './write-export.ts';
