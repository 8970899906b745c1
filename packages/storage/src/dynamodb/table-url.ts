import { ok, type Result, refuse } from '@tidemark/protocol';
import type { Place } from './calls.ts';

export interface TableUrl extends Place {
  readonly table: string;
}

/** What DynamoDB takes as the name of a table. */
const NAME = /^[A-Za-z0-9_.-]{3,255}$/u;
const FORM = 'dynamodb://TABLE?region=eu-central-1, with &endpoint=http://host:port for an emulator';

const isEndpoint = (text: string): boolean => /^https?:\/\//u.test(text) && URL.canParse(text);

/**
 * Takes `dynamodb://TABLE?region=…&endpoint=…` apart. By hand, since a table's name may hold what a host may not, and upper case counts.
 * Without a region that of the environment (AWS_REGION) is taken, or us-east-1 for an endpoint.
 */
export const parseTableUrl = (url: string): Result<TableUrl> => {
  const parts = /^dynamodb:\/\/([^/?#]*)\/?(?:\?([^#]*))?$/u.exec(url);
  const [, table = '', query = ''] = parts ?? [];
  if (parts === null || !NAME.test(table)) return refuse('BAD_REQUEST', `The URL names no table. It looks like ${FORM}.`);
  const parameters = new URLSearchParams(query);
  const unknown = [...parameters.keys()].find((name) => name !== 'region' && name !== 'endpoint');
  if (unknown !== undefined) return refuse('BAD_REQUEST', `The URL has an unknown parameter ${unknown}. It looks like ${FORM}.`);
  const endpoint = parameters.get('endpoint') ?? undefined;
  if (endpoint !== undefined && !isEndpoint(endpoint))
    return refuse('BAD_REQUEST', `The endpoint of the URL is no http(s) address. It looks like ${FORM}.`);
  const region = parameters.get('region') ?? (endpoint === undefined ? undefined : 'us-east-1');
  return ok({ table, region, endpoint });
};
