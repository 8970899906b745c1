import type { TestProject } from 'vitest/node';
import { startDynamoDb } from './dynamodb-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly dynamoEndpoint: string;
  }
}

/** One emulator for a whole test run; each test makes its own table in it. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const server = await startDynamoDb();
  project.provide('dynamoEndpoint', server.endpoint);
  return () => server.stop();
};
