import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve } from '@hono/node-server';
import { functionsOf, partOf, readTemplate, resourcesOf, routesOf, type TemplateRoute } from '@tidemark/deploy/template';
import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { type Authorized, eventOf, type FunctionAnswer, responseOf } from './gateway-event.ts';

// Plays API Gateway's REST API for a template, in one process: routes, authorizer, usage key, its own error answers, CORS. Throttling,
// firewall and timeouts are not played.

export interface GatewayOptions {
  /** Text of template.yaml. */
  readonly template: string;
  /** Folder of the bundles, one folder for each function. */
  readonly bundles: string;
  /** What parameters and resources that variables of functions refer to stand for: `{ Table: 'name', App: 'task-tracker' }`. */
  readonly references: { readonly [name: string]: string };
  /** Variables that go before those of the template: an emulator, a folder with keys. */
  readonly variables: { readonly [name: string]: string };
  /** 0, the default, takes a free one. */
  readonly port?: number;
}

export interface LocalGateway {
  readonly address: string;
  close(): Promise<void>;
}

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .split('/')
      .map((part) =>
        /^\{\w+\+\}$/u.test(part) ? '(.+)' : /^\{\w+\}$/u.test(part) ? '([^/]+)' : part.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&'),
      )
      .join('/')}$`,
    'u',
  );

/** What is written out goes before a parameter, and that before a rest: segment by segment. */
const rankOf = (path: string): string => path.replace(/\{\w+\+\}/gu, '\u{10FFFF}').replace(/\{\w+\}/gu, '\u{10FFFE}');

const parametersOf = (route: TemplateRoute, path: string): Record<string, string> => {
  const names = [...route.path.matchAll(/\{(\w+)\+?\}/gu)].map(([, name = '']) => name);
  const values = patternOf(route.path).exec(path)?.slice(1) ?? [];
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
};

const variablesOf = (template: JsonObject, { references, variables }: GatewayOptions): Record<string, string> => {
  const named = partOf(template, 'Globals', 'Function', 'Environment', 'Variables');
  const textOf = (value: unknown): string => (isJsonObject(value) ? (references[String(value.Ref)] ?? '') : String(value));
  return { ...Object.fromEntries(Object.entries(named).map(([name, value]) => [name, textOf(value)])), ...variables };
};

const loadHandlers = async (template: JsonObject, bundles: string): Promise<ReadonlyMap<string, Handler>> => {
  const loaded = [...functionsOf(template)].map(async ([name, { bundle, handler }]): Promise<[string, Handler]> => {
    const dot = handler.lastIndexOf('.');
    const file: Record<string, Handler> = await import(pathToFileURL(join(bundles, bundle, `${handler.slice(0, dot)}.mjs`)).href);
    const found = file[handler.slice(dot + 1)];
    if (found === undefined) throw new Error(`${name} has no handler ${handler}.`);
    return [name, found];
  });
  return new Map(await Promise.all(loaded));
};

const CONTEXT = { getRemainingTimeInMillis: () => 29_000 };

const preflight = (cors: JsonObject): Response => {
  const text = (name: string) => String(cors[name]).replace(/^'|'$/gu, '');
  const names = {
    'Access-Control-Allow-Origin': 'AllowOrigin',
    'Access-Control-Allow-Methods': 'AllowMethods',
    'Access-Control-Allow-Headers': 'AllowHeaders',
  };
  return new Response(null, {
    status: 204,
    headers: Object.fromEntries(Object.entries(names).map(([header, name]) => [header, text(name)])),
  });
};

/** Starts the gateway with the handlers of a template, which read the environment of this process. Once in a process. */
export const startGateway = async (options: GatewayOptions): Promise<LocalGateway> => {
  const template = readTemplate(options.template);
  const variables = variablesOf(template, options);
  Object.assign(process.env, variables);
  const handlers = await loadHandlers(template, options.bundles);
  const [[, api] = []] = resourcesOf(template, 'AWS::Serverless::Api');
  const answers = partOf(api, 'GatewayResponses');
  const cors = partOf(api, 'Cors');
  const authorizer = String(partOf(api, 'Auth', 'Authorizers', 'Credential', 'FunctionArn')['Fn::GetAtt']).split('.')[0] ?? '';
  const routes = [...routesOf(template)].sort((a, b) => (rankOf(a.path) < rankOf(b.path) ? -1 : 1));
  const stage = 'local';

  const own = (name: string, status: number): Response => {
    const body = String(partOf(answers, name, 'ResponseTemplates')['application/json']).replace('$context.requestId', crypto.randomUUID());
    return new Response(body, { status, headers: { 'Content-Type': 'application/json' } });
  };
  const authorize = async (request: Request, path: string): Promise<Authorized | Response> => {
    const methodArn = `arn:aws:execute-api:us-east-1:000000000000:local/${stage}/${request.method}${path}`;
    try {
      const said = await handlers.get(authorizer)?.(
        { type: 'REQUEST', methodArn, path, headers: Object.fromEntries(request.headers) },
        CONTEXT,
      );
      if (!isJsonObject(said) || !JSON.stringify(said.policyDocument).includes('"Allow"')) return own('ACCESS_DENIED', 403);
      if (said.usageIdentifierKey !== variables.USAGE_KEY) return own('ACCESS_DENIED', 403);
      return { principalId: String(said.principalId) };
    } catch (error) {
      return error instanceof Error && error.message === 'Unauthorized' ? own('UNAUTHORIZED', 401) : own('DEFAULT_5XX', 500);
    }
  };
  const answer = async (request: Request): Promise<Response> => {
    if (request.method === 'OPTIONS') return preflight(cors);
    const path = decodeURI(new URL(request.url).pathname);
    const route = routes.find(
      ({ method, path: pattern }) => (method === 'ANY' || method === request.method) && patternOf(pattern).test(path),
    );
    if (route === undefined) return Response.json({ message: 'Missing Authentication Token' }, { status: 403 });
    const authorized = route.open ? undefined : await authorize(request, path);
    if (authorized instanceof Response) return authorized;
    const matched = {
      resource: route.path,
      parameters: parametersOf(route, path),
      stage,
      ...(authorized === undefined ? {} : { authorized }),
    };
    try {
      const event = await eventOf<unknown>('rest', request, matched);
      const said: FunctionAnswer = JSON.parse(JSON.stringify(await handlers.get(route.resource)?.(event, CONTEXT)));
      return responseOf(said);
    } catch (error) {
      console.error(error);
      return own('DEFAULT_5XX', 502);
    }
  };
  const server = serve({ fetch: answer, port: options.port ?? 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { address: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(() => resolve())) };
};
