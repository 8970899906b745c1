import { createServer } from 'node:http';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { appendOf } from '@tidemark/engine/conformance';
import { createNodeEnv } from '@tidemark/server';
import { createDynamoTable, openDynamoStorage } from '@tidemark/storage/dynamodb';
import { expect, inject, onTestFinished, test } from 'vitest';
import { freshTable } from './fresh-table.ts';

const at = (table: string, endpoint = inject('dynamoEndpoint')) => `dynamodb://${table}?endpoint=${encodeURIComponent(endpoint)}`;

const refusalOf = async (url: string): Promise<string> => {
  const result = await openDynamoStorage({ url, env: createNodeEnv() });
  if (!result.ok) return `${result.error.code}: ${result.error.message}`;
  await result.value.close();
  return 'opened';
};

test.each([
  ['dynamodb://', /names no table/u],
  ['dynamodb://t', /names no table/u],
  ['dynamodb://tidemark/more', /names no table/u],
  ['dynamodb://tidemark?regoin=eu-central-1', /unknown parameter regoin/u],
  ['dynamodb://tidemark?endpoint=localhost', /endpoint of the URL is no http/u],
])('%s is refused with the form of a URL', async (url, message) => {
  const refusal = await refusalOf(url);
  expect(refusal).toMatch(message);
  expect(refusal).toMatch(/^BAD_REQUEST: .*dynamodb:\/\/TABLE\?region=/u);
});

test('a table is made once, opened again and again, and said to be missing before', async () => {
  const url = at(`made-${process.pid}`);
  expect(await refusalOf(url)).toMatch(
    /^UNAVAILABLE: Table made-\d+ cannot be used: The table is not there: make it with tidemark storage create/u,
  );
  expect(await createDynamoTable(url, createNodeEnv())).toEqual({ ok: true, value: 'created' });
  expect(await createDynamoTable(url, createNodeEnv())).toEqual({ ok: true, value: 'existed' });
  expect(await refusalOf(url)).toBe('opened');
  expect(await refusalOf(url)).toBe('opened');
});

test('a table with other keys is refused', async () => {
  const client = new DynamoDBClient({ endpoint: inject('dynamoEndpoint'), region: 'us-east-1' });
  onTestFinished(() => client.destroy());
  await client.send(
    new CreateTableCommand({
      TableName: `other-${process.pid}`,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  expect(await refusalOf(at(`other-${process.pid}`))).toMatch(/^UNAVAILABLE: .*key schema is not ours.*tidemark storage create/u);
});

test('an address where nobody answers is refused in a few seconds', { timeout: 60_000 }, async () => {
  expect(await refusalOf(at('tidemark', 'http://127.0.0.1:1'))).toMatch(/^UNAVAILABLE: Table tidemark cannot be used: /u);
});

/** A fake AWS that answers everything with one error: the emulator lets everybody in. */
const refusingAws = async (error: string): Promise<string> => {
  const server = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${error}`, message: 'no' }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
};

test.each([
  ['ExpiredTokenException', /credentials have expired: sign in again/u],
  ['AccessDeniedException', /may not do that: allow it in their IAM policy/u],
  ['UnrecognizedClientException', /does not know these credentials/u],
])('%s is one sentence that says what to do', async (error, message) => {
  expect(await refusalOf(at('tidemark', await refusingAws(error)))).toMatch(message);
});

test('a write that DynamoDB refuses stored nothing; one without an answer is of unknown outcome', async () => {
  const table = await freshTable(inject('dynamoEndpoint'));
  onTestFinished(() => table.drop());
  let fault: Error | undefined;
  const storage = await table.open({
    wrap: (calls) => ({ ...calls, transactWriteItems: (input) => (fault ? Promise.reject(fault) : calls.transactWriteItems(input)) }),
  });
  onTestFinished(() => storage.close());
  fault = Object.assign(new Error('expired'), { name: 'ExpiredTokenException', $metadata: { httpStatusCode: 400, attempts: 1 } });
  await expect(storage.append(appendOf(0, []))).rejects.toMatchObject({ code: 'storage_failed', outcome: 'nothing' });
  fault = Object.assign(new Error('throttled'), { name: 'ThrottlingException', $metadata: { httpStatusCode: 400, attempts: 6 } });
  await expect(storage.append(appendOf(0, []))).rejects.toMatchObject({ outcome: 'unknown' });
  fault = new Error('socket hang up');
  await expect(storage.append(appendOf(0, []))).rejects.toMatchObject({ outcome: 'unknown' });
  fault = undefined;
  expect(await storage.append(appendOf(0, []))).toBe('stored');
});
