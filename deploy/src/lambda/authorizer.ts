import type { ErrorCode } from '@tidemark/protocol';
import { noPasswords } from './no-passwords.ts';
import { once, openFunction } from './open-function.ts';
import { env, variables } from './platform/process.ts';
import { readSettings } from './settings.ts';

/** What API Gateway asks an authorizer of the kind REQUEST; `version` 2.0 by an HTTP API with simple answers. */
export interface AuthorizerEvent {
  readonly version?: string;
  /** `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH` */
  readonly methodArn?: string;
  readonly path?: string;
  readonly rawPath?: string;
  readonly headers?: { readonly [name: string]: string | undefined } | null;
}

interface Statement {
  readonly Action: 'execute-api:Invoke';
  readonly Effect: 'Allow' | 'Deny';
  readonly Resource: string;
}

export type AuthorizerAnswer =
  | {
      readonly principalId: string;
      readonly policyDocument: { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] };
      readonly context: { readonly [name: string]: string };
      readonly usageIdentifierKey?: string;
    }
  | { readonly isAuthorized: boolean; readonly context: { readonly [name: string]: string } };

const open = once(() => openFunction({ settings: readSettings(variables), variables, env }, noPasswords));

const headerOf = ({ headers }: AuthorizerEvent, wanted: string): string | undefined =>
  Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === wanted)?.[1];

const credentialOf = (event: AuthorizerEvent): string | null => {
  const key = headerOf(event, 'x-api-key');
  return headerOf(event, 'authorization') ?? (key === undefined ? null : `Bearer ${key}`);
};

/** API Gateway keeps the answer for the whole stage, whichever address was asked for first. */
const wholeStage = (methodArn: string): string => `${methodArn.split('/').slice(0, 2).join('/')}/*`;

/** Only this very word makes API Gateway answer 401. */
const unauthorized = (): Error => new Error('Unauthorized');

/** Whose trouble it is when nobody can be asked whether a token is good: a 500, which clients try again, never a 401. */
const isOwnFault = (code: ErrorCode): boolean => code === 'UNAVAILABLE' || code === 'INTERNAL';

/**
 * Turns whoever has no good credential away at the door, and names the usage plan's key. The functions behind check everything themselves.
 */
export const handler = async (event: AuthorizerEvent): Promise<AuthorizerAnswer> => {
  const { settings, identity, logger } = await open();
  const path = event.rawPath ?? event.path ?? '';
  const app = settings.only?.name ?? /\/apps\/([^/]+)/u.exec(path)?.[1] ?? '';
  const judged = await identity.authenticate({ authorization: credentialOf(event), app });
  if (!judged.ok && isOwnFault(judged.error.code)) throw new Error(`The credential cannot be judged now: ${judged.error.code}`);
  if (!judged.ok) logger.info({ code: judged.error.code, reason: judged.error.message }, 'turned away');
  const context = judged.ok ? { issuer: judged.value.issuer, subject: judged.value.subject } : { code: judged.error.code };
  if (event.version === '2.0') return { isAuthorized: judged.ok, context };
  if (!judged.ok && judged.error.code === 'UNAUTHENTICATED') throw unauthorized();
  const statement: Statement = {
    Action: 'execute-api:Invoke',
    Effect: judged.ok ? 'Allow' : 'Deny',
    Resource: wholeStage(event.methodArn ?? ''),
  };
  return {
    principalId: judged.ok ? judged.value.spaceKey : 'refused',
    policyDocument: { Version: '2012-10-17', Statement: [statement] },
    context,
    ...(judged.ok && settings.usageKey !== undefined ? { usageIdentifierKey: settings.usageKey } : {}),
  };
};
