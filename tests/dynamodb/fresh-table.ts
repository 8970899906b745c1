import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createNodeEnv } from '@tidemark/server';
import { createDynamoTable, type DynamoOptions, type DynamoStorage, openDynamoStorage } from '@tidemark/storage/dynamodb';

export interface FreshTable {
  readonly name: string;
  readonly url: string;
  open(options?: Partial<DynamoOptions>): Promise<DynamoStorage>;
  drop(): Promise<void>;
}

let made = 0;

/** An empty table on a server. */
export const freshTable = async (endpoint: string): Promise<FreshTable> => {
  const name = `tidemark-${process.pid}-${Date.now().toString(36)}-${++made}`;
  const url = `dynamodb://${name}?endpoint=${encodeURIComponent(endpoint)}`;
  const created = await createDynamoTable(url, createNodeEnv());
  if (!created.ok) throw new Error(created.error.message);
  return {
    name,
    url,
    open: async (options = {}) => {
      const result = await openDynamoStorage({ url, env: createNodeEnv(), ...options });
      if (!result.ok) throw new Error(result.error.message);
      return result.value;
    },
    drop: async () => {
      const client = new DynamoDBClient({ endpoint, region: 'us-east-1' });
      await client.send(new DeleteTableCommand({ TableName: name }));
      client.destroy();
    },
  };
};
