import { readFileSync } from 'node:fs';
import { isJsonObject, type JsonObject } from '@tidemark/protocol';
import { describe, expect, test } from 'vitest';
import { readSettings } from '../lambda/settings.ts';
import { ROUTES, TABLE, THROTTLE } from './description.ts';
import { PROPERTIES } from './properties.ts';
import { functionsOf, partOf, readTemplate, resourcesOf, routesOf } from './read-template.ts';

const template = readTemplate(readFileSync(new URL('../../sam/template.yaml', import.meta.url), 'utf8'));
const functions = functionsOf(template);
const resources = Object.entries(partOf(template, 'Resources')).map(
  ([name, resource]) => [name, partOf({ resource }, 'resource')] as const,
);
const onlyOf = (type: string): JsonObject => {
  const [first] = resourcesOf(template, type);
  if (first === undefined) throw new Error(`There is no ${type}.`);
  return first[1];
};

test('has the routes of the description, and no others', () => {
  const routes = routesOf(template).map(({ resource, ...route }) => ({ ...route, answeredBy: functions.get(resource)?.bundle }));
  expect(new Set(routes)).toEqual(new Set(ROUTES));
  expect(routes).toHaveLength(ROUTES.length);
});

test('has the table of the description, kept and recoverable', () => {
  const table = onlyOf('AWS::DynamoDB::Table');
  expect(table.KeySchema).toEqual(Object.entries(TABLE.keys).map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })));
  expect(table.AttributeDefinitions).toEqual(Object.keys(TABLE.keys).map((AttributeName) => ({ AttributeName, AttributeType: 'S' })));
  expect(table.TimeToLiveSpecification).toEqual({ AttributeName: TABLE.expiry, Enabled: true });
  expect(table.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
  expect(partOf(template, 'Resources', 'Table').DeletionPolicy).toBe('Retain');
});

test('throttles as the description says, in the usage plan and at the stage', () => {
  expect(onlyOf('AWS::ApiGateway::UsagePlan').Throttle).toEqual({ RateLimit: THROTTLE.rate, BurstLimit: THROTTLE.burst });
  expect(onlyOf('AWS::Serverless::Api').MethodSettings).toMatchObject([
    { ThrottlingRateLimit: THROTTLE.rate, ThrottlingBurstLimit: THROTTLE.burst },
  ]);
});

describe('each resource', () => {
  test.each(resources)('%s has only properties that its type knows, and leads only to what there is', (_, resource) => {
    const known = PROPERTIES[String(resource.Type)];
    expect(known, `the properties of ${String(resource.Type)} are not listed`).toBeDefined();
    expect(Object.keys(partOf(resource, 'Properties')).filter((name) => known?.includes(name) !== true)).toEqual([]);
    const text = JSON.stringify(resource);
    const named = [...text.matchAll(/"Ref":"([^"]+)"|"Fn::GetAtt":"([^".]+)|\$\{([A-Za-z:]+)\}/gu)].map(
      ([, ref, att, sub]) => ref ?? att ?? sub ?? '',
    );
    const there = [...Object.keys(partOf(template, 'Resources')), ...Object.keys(partOf(template, 'Parameters'))];
    expect(named.filter((name) => !name.startsWith('AWS::') && !there.includes(name))).toEqual([]);
  });
});

test('the key of the usage plan is asked for wherever the authorizer names it, and nowhere else', () => {
  expect(partOf(onlyOf('AWS::Serverless::Api'), 'Auth')).toMatchObject({ DefaultAuthorizer: 'Credential', ApiKeyRequired: true });
  const open = [...JSON.stringify(template).matchAll(/"Auth":\{"Authorizer":"NONE"(,"ApiKeyRequired":false)?/gu)];
  expect(open).toHaveLength(ROUTES.filter((route) => route.open).length);
  expect(open.every(([, without]) => without !== undefined)).toBe(true);
});

interface Statement {
  readonly name: string;
  readonly statement: JsonObject;
}

const statements: readonly Statement[] = resourcesOf(template, 'AWS::Serverless::Function').flatMap(([name, { Policies }]) =>
  (Array.isArray(Policies) ? Policies : []).flatMap((policy) => {
    const all = isJsonObject(policy) && Array.isArray(policy.Statement) ? policy.Statement : [];
    return all.filter(isJsonObject).map((statement) => ({ name, statement }));
  }),
);

test('no function may do or touch whatever it likes', () => {
  expect(statements).toHaveLength(functions.size * 2);
  for (const { name, statement } of statements) {
    expect(JSON.stringify(statement), name).not.toContain('*');
    expect(statement.Action, name).toEqual(expect.any(Array));
    expect(statement.Effect).toBe('Allow');
  }
});

test('only the function that compacts may read the whole table', () => {
  const scanning = statements.filter(({ statement }) => JSON.stringify(statement.Action).includes('dynamodb:Scan'));
  expect(scanning.map(({ name }) => name)).toEqual(['ScheduledFunction']);
});

test('gives the functions the variables they read, for every app that may be chosen', () => {
  const variables = Object.keys(partOf(template, 'Globals', 'Function', 'Environment', 'Variables'));
  expect(variables.sort()).toEqual(['APP', 'CONFIG_SECRET', 'KEEP_CHANGES', 'NODE_ENV', 'TABLE_NAME', 'USAGE_KEY']);
  const { AllowedValues: apps } = partOf(template, 'Parameters', 'App');
  for (const app of Array.isArray(apps) ? apps : []) expect(readSettings({ TABLE_NAME: 'table', APP: String(app) }).only?.name).toBe(app);
  expect(() => readSettings({ TABLE_NAME: 'table', APP: 'nothing' })).toThrow(/APP names no app/u);
  expect(() => readSettings({})).toThrow(/TABLE_NAME/u);
});

test('every function has its logs, which end', () => {
  const logs = resourcesOf(template, 'AWS::Logs::LogGroup');
  expect(logs).toHaveLength(functions.size);
  for (const [, { RetentionInDays }] of logs) expect(RetentionInDays).toEqual({ Ref: 'LogDays' });
});
