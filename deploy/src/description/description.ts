// What is deployed, once: the templates are held against it.

export type FunctionName = 'sync' | 'accounts' | 'authorizer' | 'scheduled';

/** An address of the gateway, in its own spelling, and the function that answers it. `open`: the authorizer is not asked. */
export interface GatewayRoute {
  readonly method: 'ANY' | 'GET';
  readonly path: string;
  readonly answeredBy: FunctionName;
  readonly open: boolean;
}

const open = (path: string): GatewayRoute => ({ method: 'GET', path, answeredBy: 'sync', open: true });

export const ROUTES: readonly GatewayRoute[] = [
  open('/openapi.json'),
  open('/docs'),
  open('/healthz'),
  open('/.well-known/jwks.json'),
  { method: 'ANY', path: '/{proxy+}', answeredBy: 'sync', open: false },
  { method: 'ANY', path: '/auth/{proxy+}', answeredBy: 'accounts', open: true },
];

/** The one table: key attributes (all text) in their order, and the attribute by which DynamoDB removes what has expired. */
export const TABLE = { keys: { pk: 'HASH', sk: 'RANGE' }, expiry: 'expires' } as const;

/** Requests a second on end, and at once, of the usage plan and the stage. */
export const THROTTLE = { rate: 1_000, burst: 2_000 } as const;
