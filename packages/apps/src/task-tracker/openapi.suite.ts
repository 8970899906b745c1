import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'vitest';

/** The part of a server that a test asks. */
interface Asked {
  request(path: string): Response | Promise<Response>;
}

interface Described {
  readonly spec: JsonObject;
  readonly ajv: Ajv2020;
  readonly validators: Map<string, ValidateFunction>;
}

const known = new WeakMap<Asked, Promise<Described>>();

const objectIn = (value: unknown, ...path: string[]): JsonObject | undefined => {
  let current: unknown = value;
  for (const part of path) current = isJsonObject(current) && Object.hasOwn(current, part) ? current[part] : undefined;
  return isJsonObject(current) ? current : undefined;
};

const open = async (server: Asked): Promise<Described> => {
  const spec: unknown = await (await server.request('/openapi.json')).json();
  if (!isJsonObject(spec)) throw new Error('There is no spec.');
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'doc', ...spec });
  return { spec, ajv, validators: new Map() };
};

/** The spec of a server, read once. */
export const specOf = (server: Asked): Promise<Described> => {
  const opened = known.get(server) ?? open(server);
  known.set(server, opened);
  return opened;
};

/** `/tasks/abc` → the template that describes it, a fixed path before one with parameters. */
const templateOf = (spec: JsonObject, path: string): string | undefined => {
  const templates = Object.keys(spec.paths && isJsonObject(spec.paths) ? spec.paths : {});
  const matches = templates.filter((template) => new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path));
  return matches.sort((a, b) => a.split('{').length - b.split('{').length)[0];
};

const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

/** Holds an answer against what the spec says of it: its status, its media type, its body. */
export const checkAnswer = async (
  server: Asked,
  method: string,
  address: string,
  answer: { readonly status: number; readonly headers: Headers; readonly text: string },
): Promise<void> => {
  const { spec, ajv, validators } = await specOf(server);
  const path = templateOf(spec, address.split('?')[0] ?? '');
  const responses = path === undefined ? undefined : objectIn(spec, 'paths', path, method.toLowerCase(), 'responses');
  if (path === undefined || responses === undefined) return;
  const status = Object.hasOwn(responses, String(answer.status)) ? String(answer.status) : 'default';
  expect(status === 'default' && answer.status < 400, `${method} ${path} answers an undescribed ${answer.status}`).toBe(false);
  const type = answer.headers.get('Content-Type')?.split(';')[0];
  const content = objectIn(responses, status, 'content');
  if (content === undefined) return void expect(answer.text).toBe('');
  expect(Object.keys(content), `${method} ${path} ${status}`).toContain(type);
  if (type === undefined || !/[/+]json$/.test(type)) return;
  const pointer = ['paths', path, method.toLowerCase(), 'responses', status, 'content', type, 'schema'].map(escaped).join('/');
  const validator = validators.get(pointer) ?? ajv.compile({ $ref: `doc#/${pointer}` });
  validators.set(pointer, validator);
  const isValid = validator(JSON.parse(answer.text));
  expect(isValid, `${method} ${path} ${status}: ${ajv.errorsText(validator.errors)}\n${answer.text}`).toBe(true);
};
