import type { AppDefinition } from '@tidemark/protocol';
import { APPS, findApp } from 'tidemark/apps';

/** The environment of a function. */
export interface Variables {
  readonly [name: string]: string | undefined;
}

/** What the environment of a function says, read once. */
export interface Settings {
  /** `dynamodb://TABLE?region=…` */
  readonly tableUrl: string;
  /** The one app at the root; undefined: all of them at /apps/NAME. */
  readonly only: AppDefinition | undefined;
  readonly apps: readonly AppDefinition[];
  /** Name or ARN of the secret with the configuration and the signing keys. */
  readonly secret: string | undefined;
  /** Folder with the keys, where there is no secret: on a developer's machine. */
  readonly folder: string | undefined;
  /** What a custom domain puts before every path: '' or '/sync'. */
  readonly basePath: string;
  /** Value of the key of API Gateway's usage plan. */
  readonly usageKey: string | undefined;
  /** Changes that the scheduled function leaves in each log; undefined: nothing is ever compacted. */
  readonly keepChanges: number | undefined;
  readonly logLevel: string;
}

const wanted = (variables: Variables, name: string): string | undefined => {
  const text = variables[name];
  return text === undefined || text === '' ? undefined : text;
};

const keepChangesOf = (text: string | undefined): number | undefined => {
  if (text === undefined || text === '0') return undefined;
  if (!/^\d{1,15}$/u.test(text)) throw new Error('KEEP_CHANGES must be a whole number: how many changes each log keeps; 0 keeps all.');
  return Number(text);
};

/** Reads the environment of a function. Throws with what to set where something is missing or wrong: such a function cannot run. */
export const readSettings = (variables: Variables): Settings => {
  const table = wanted(variables, 'TABLE_NAME');
  if (table === undefined) throw new Error('Set TABLE_NAME to the name of the DynamoDB table.');
  const region = wanted(variables, 'REGION');
  const endpoint = wanted(variables, 'DYNAMODB_ENDPOINT');
  const place = new URLSearchParams({ ...(region === undefined ? {} : { region }), ...(endpoint === undefined ? {} : { endpoint }) });
  const app = wanted(variables, 'APP');
  const only = app === undefined ? undefined : findApp(app);
  if (app !== undefined && only === undefined) throw new Error(`APP names no app. There are: ${APPS.map(({ name }) => name).join(', ')}.`);
  return {
    tableUrl: `dynamodb://${table}${place.size === 0 ? '' : `?${place}`}`,
    only,
    apps: only === undefined ? APPS : [only],
    secret: wanted(variables, 'CONFIG_SECRET'),
    folder: wanted(variables, 'TIDEMARK_DATA'),
    basePath: (wanted(variables, 'BASE_PATH') ?? '').replace(/\/+$/u, ''),
    usageKey: wanted(variables, 'USAGE_KEY'),
    keepChanges: keepChangesOf(wanted(variables, 'KEEP_CHANGES')),
    logLevel: wanted(variables, 'LOG_LEVEL') ?? 'info',
  };
};
