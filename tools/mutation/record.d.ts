export type Row = readonly [file: string, score: string, killed: number, survived: number, commit: string];

export interface Report {
  readonly files: { readonly [path: string]: { readonly mutants: readonly { readonly status: string }[] } };
}

export declare const rowsAfter: (rows: readonly Row[], report: Report, commit: string, files?: readonly string[]) => readonly Row[];
export declare const recordScores: (reportFile: string, files: readonly string[]) => void;
