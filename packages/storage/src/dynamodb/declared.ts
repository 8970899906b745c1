import { createHash } from 'node:crypto';
import type { AppDefinition } from '@tidemark/protocol';
import { type Declaration, declarationsOf } from '../indexes/declarations.ts';

/** A declared index, or the search fields, of one collection. */
export interface DeclaredIndex {
  /** Follows from what it is: every process that declares the same reads the same. */
  readonly name: string;
  readonly app: string;
  readonly collection: string;
  readonly kind: Declaration[2];
  readonly fields: readonly string[];
}

const nameOf = ([, collection, kind, fields]: Declaration): string =>
  createHash('sha256')
    .update(JSON.stringify([collection, kind, fields]))
    .digest('hex')
    .slice(0, 12);

/** The indexes that `apps` declare. What others declared stays: another process may run another version of the app. */
export const declaredIndexes = (apps: readonly AppDefinition[]): DeclaredIndex[] =>
  declarationsOf(apps).map((declaration) => {
    const [app, collection, kind, fields] = declaration;
    return { name: nameOf(declaration), app, collection, kind, fields: JSON.parse(fields) };
  });
