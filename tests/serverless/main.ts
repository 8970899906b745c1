import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeEnv, issueDevelopmentToken, openDevelopmentKey } from '@tidemark/server';
import { startDynamoDb } from '../dynamodb/dynamodb-server.ts';
import { freshTable } from '../dynamodb/fresh-table.ts';
import { startGateway } from './local-gateway.ts';

const [root = '.', port = '8788', app = 'task-tracker'] = process.argv.slice(2);

const database = await startDynamoDb();
const table = await freshTable(database.endpoint);
const folder = await mkdtemp(join(tmpdir(), 'tidemark-serverless-'));
const gateway = await startGateway({
  template: readFileSync(join(root, 'deploy/sam/template.yaml'), 'utf8'),
  bundles: join(root, 'deploy/dist'),
  references: { Table: table.name, App: app, UsageKey: 'a-usage-key-of-this-machine' },
  variables: { NODE_ENV: 'development', TIDEMARK_DATA: folder, REGION: 'us-east-1', DYNAMODB_ENDPOINT: database.endpoint },
  port: Number(port),
});
const key = await openDevelopmentKey(folder);
const token = key.ok ? await issueDevelopmentToken(key.value, { app, user: 'demo' }, createNodeEnv()) : key;
console.log(`The functions answer at ${gateway.address}; everything is gone when this ends.`);
console.log(token.ok ? `x-api-key: ${token.value}` : token.error.message);

const stop = async () => {
  await gateway.close();
  await database.stop();
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());
