import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { parse, type ScalarTag, type TagId } from 'yaml';

/** A route as an event of a function in a template says it. */
export interface TemplateRoute {
  readonly method: string;
  readonly path: string;
  /** Logical id of the function. */
  readonly resource: string;
  readonly open: boolean;
}

export interface TemplateFunction {
  /** Folder of its bundle: `sync`. */
  readonly bundle: string;
  /** `sync.handler` */
  readonly handler: string;
}

const FUNCTIONS_OF_CLOUDFORMATION = ['Ref', 'Sub', 'GetAtt', 'If', 'Equals', 'Join', 'Select', 'Not'];

/** `!Ref X` → `{ Ref: X }`, `!Sub X` → `{ 'Fn::Sub': X }`: the long form of the same. */
const tags: (ScalarTag | TagId)[] = FUNCTIONS_OF_CLOUDFORMATION.map((name) => ({
  tag: `!${name}`,
  resolve: (text: string) => ({ [name === 'Ref' ? 'Ref' : `Fn::${name}`]: text }),
}));

const listTags = FUNCTIONS_OF_CLOUDFORMATION.map((name) => ({ tag: `!${name}`, collection: 'seq' as const }));

/** A template as an object, its functions of CloudFormation in their long form. Throws where it is no YAML. */
export const readTemplate = (text: string): JsonObject => {
  const value: unknown = parse(text, { customTags: [...tags, ...listTags], merge: true });
  if (!isJsonObject(value)) throw new Error('The template is no object.');
  return value;
};

/** A member that must be an object. */
export const partOf = (value: unknown, ...names: readonly string[]): JsonObject => {
  let part = value;
  for (const name of names) part = isJsonObject(part) ? part[name] : undefined;
  if (!isJsonObject(part)) throw new Error(`The template has no ${names.join('.')}.`);
  return part;
};

/** Resources of one type, by their logical ids. */
export const resourcesOf = (template: JsonObject, type: string): readonly (readonly [string, JsonObject])[] =>
  Object.entries(partOf(template, 'Resources')).flatMap(([name, resource]) =>
    isJsonObject(resource) && resource.Type === type ? [[name, partOf(resource, 'Properties')] as const] : [],
  );

export const functionsOf = (template: JsonObject): ReadonlyMap<string, TemplateFunction> =>
  new Map(
    resourcesOf(template, 'AWS::Serverless::Function').map(([name, { CodeUri, Handler }]) => [
      name,
      { bundle: String(CodeUri).replace(/^\.\.\/dist\/|\/$/gu, ''), handler: String(Handler) },
    ]),
  );

export const routesOf = (template: JsonObject): readonly TemplateRoute[] =>
  resourcesOf(template, 'AWS::Serverless::Function').flatMap(([resource, { Events }]) =>
    Object.values(isJsonObject(Events) ? Events : {}).flatMap((event) => {
      if (!isJsonObject(event) || event.Type !== 'Api') return [];
      const { Method, Path, Auth } = partOf(event, 'Properties');
      return [{ method: String(Method), path: String(Path), resource, open: isJsonObject(Auth) && Auth.Authorizer === 'NONE' }];
    }),
  );
