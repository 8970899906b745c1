import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Json, JsonObject } from '../json.ts';
import type { MergeRule } from '../merge/merge-rule.ts';

/** A field: what values it takes and how concurrent edits of it are combined. */
export interface FieldDefinition<S extends StandardSchemaV1 = StandardSchemaV1> {
  /** Any synchronous Standard Schema (zod on our side). Its output is what is stored; it must be idempotent. */
  readonly schema: S;
  /** Default: last(), that is arrival order. */
  readonly merge?: MergeRule;
  /** What a rule drops goes into the history and the resolved conflicts, not into the inbox. */
  readonly quiet?: boolean;
  /** Set by the collection's `derive` only; what a mutation sends of it is given to `derive` and otherwise ignored. */
  readonly derived?: boolean;
  /**
   * The field holds the id of a record of this collection of the app. An edit that names one which is not there is stored with the
   * field cleared, and a conflict is raised. The schema must take an absent value.
   */
  readonly refersTo?: string;
}

export type FieldDefinitions = { readonly [field: string]: FieldDefinition };

/** A pure function that brings fields (a whole record, part of one, or a mutation's `was`) to the next schemaVersion. */
export type Upcast = (fields: JsonObject) => JsonObject;

/**
 * Computes derived fields. `previous` is null for a create; `next` is the merged record; `sent` what the mutation named.
 * Answers only the derived fields. Pure; run by server and client alike.
 */
export type Derive = (previous: JsonObject | null, next: JsonObject, sent: JsonObject) => JsonObject;

export interface CollectionDefinition<F extends FieldDefinitions = FieldDefinitions> {
  readonly name: string;
  readonly fields: F;
  /** What happens when a delete meets an edit that neither has seen. Default deleteWins; the loser is kept as a conflict. */
  readonly onDelete: 'deleteWins' | 'editWins';
  /** Field lists a query may filter, range over and order by, besides the id. */
  readonly indexes: readonly (readonly string[])[];
  /** Text fields that `search` looks in. */
  readonly search: readonly string[];
  readonly recordBytesMax: number;
  /** Key k brings fields from schemaVersion k to k + 1. A missing key changes nothing. */
  readonly upcasts: { readonly [fromVersion: number]: Upcast };
  readonly derive?: Derive;
}

export type Collections = { readonly [name: string]: CollectionDefinition };

export interface AppDefinition<C extends Collections = Collections> {
  readonly name: string;
  /** Version of the app's data model, from 1. */
  readonly schemaVersion: number;
  readonly collections: C;
}

type Output<D> = D extends FieldDefinition<infer S> ? StandardSchemaV1.InferOutput<S> : never;
type OptionalKeys<F extends FieldDefinitions> = { [K in keyof F]: undefined extends Output<F[K]> ? K : never }[keyof F];
type Simplify<T> = { [K in keyof T]: T[K] } & {};

/** The fields of a record of a collection, as its definition says. */
export type FieldsOf<C extends CollectionDefinition> = Simplify<
  { readonly [K in Exclude<keyof C['fields'], OptionalKeys<C['fields']>>]: Output<C['fields'][K]> } & {
    readonly [K in OptionalKeys<C['fields']>]?: Exclude<Output<C['fields'][K]>, undefined>;
  }
>;
/** What a patch may name: any field; null clears an optional one. */
export type PatchOf<C extends CollectionDefinition> = Simplify<
  { readonly [K in Exclude<keyof C['fields'], OptionalKeys<C['fields']>>]?: Output<C['fields'][K]> } & {
    readonly [K in OptionalKeys<C['fields']>]?: Exclude<Output<C['fields'][K]>, undefined> | null;
  }
>;
/** A record as queries answer it. */
export type RecordOf<C extends CollectionDefinition> = Simplify<{ readonly id: string } & FieldsOf<C>>;

/** Fields as untyped JSON, where a caller has no definition at hand. */
export type AnyFields = { readonly [field: string]: Json };
