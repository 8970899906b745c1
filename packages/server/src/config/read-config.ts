import { isJsonObject } from '@tidemark/protocol';
import type * as z from 'zod';
import { isProduction } from '../identity/is-production.ts';
import { checkConfig } from './check-config.ts';
import { type Config, configSchema } from './config-schema.ts';
import { fromVariables, type Variables } from './variables.ts';

/** One wrong value: where it stands, and what is allowed there. Never the value itself, which may be a secret. */
export interface ConfigFault {
  /** A path in the file such as `identities.my-google.clientIds.0`, or the name of an environment variable. */
  readonly path: string;
  readonly message: string;
}

export interface ConfigSources {
  /** What the file holds; undefined where there is none. */
  readonly file: unknown;
  readonly variables: Variables;
  /** Names of the apps that are served. */
  readonly apps: readonly string[];
  readonly allowDevelopmentTokens: boolean;
}

export type ReadConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] };

/** The configuration out of file and environment, which goes before the file; or every fault in it at once. */
export const readConfig = ({ file = {}, variables, apps, allowDevelopmentTokens }: ConfigSources): ReadConfig => {
  const fromFile = configSchema.safeParse(file);
  const fromEnvironment = fromVariables(variables, isJsonObject(file) ? file : {});
  const faults = [...(fromFile.success ? [] : fromFile.error.issues.flatMap((issue) => faultsOf(issue))), ...fromEnvironment.faults];
  if (!fromFile.success || faults.length > 0) return { ok: false, faults };
  const config = { ...fromFile.data, ...fromEnvironment.config };
  const unfit = checkConfig(config, { apps, production: isProduction(variables.NODE_ENV), allowDevelopmentTokens });
  return unfit.length > 0 ? { ok: false, faults: unfit } : { ok: true, config, warnings: fromEnvironment.warnings };
};

type Issue = z.core.$ZodIssue;

/** An unknown member is a fault at its own place. */
const faultsOf = (issue: Issue): readonly ConfigFault[] => {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: printPath([...path, key]), message: 'there is no such setting' }));
  }
  return [{ path: printPath(path), message: issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message }];
};

const printPath = (path: readonly PropertyKey[]): string => (path.length === 0 ? 'the configuration' : path.map(String).join('.'));

/** Faults as lines for a person. */
export const printFaults = (faults: readonly ConfigFault[]): string =>
  faults.map(({ path, message }) => `  ${path}: ${message}`).join('\n');
