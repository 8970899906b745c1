import type { AppDefinition } from '@tidemark/protocol';

/** A declared index, or the search fields, of one collection of one app; `fields` as JSON. */
export type Declaration = readonly [app: string, collection: string, kind: 'order' | 'search', fields: string];

/** What the collections of these apps declare. */
export const declarationsOf = (apps: readonly AppDefinition[]): Declaration[] =>
  apps.flatMap((app) =>
    Object.values(app.collections).flatMap((collection): Declaration[] => [
      ...collection.indexes.map((fields): Declaration => [app.name, collection.name, 'order', JSON.stringify(fields)]),
      ...(collection.search.length > 0
        ? [[app.name, collection.name, 'search', JSON.stringify(collection.search)] satisfies Declaration]
        : []),
    ]),
  );
