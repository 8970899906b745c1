import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
  type BatchWriteItemCommandOutput,
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DescribeTableCommandOutput,
  DynamoDBClient,
  GetItemCommand,
  type GetItemCommandInput,
  type GetItemCommandOutput,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  ScanCommand,
  type ScanCommandInput,
  type ScanCommandOutput,
  TransactGetItemsCommand,
  type TransactGetItemsCommandInput,
  type TransactGetItemsCommandOutput,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  type TransactWriteItemsCommandOutput,
  UpdateTimeToLiveCommand,
  type UpdateTimeToLiveCommandInput,
} from '@aws-sdk/client-dynamodb';

/** The calls of DynamoDB that are made: what a test can stand in front of. */
export interface Calls {
  getItem(input: GetItemCommandInput): Promise<GetItemCommandOutput>;
  batchGetItem(input: BatchGetItemCommandInput): Promise<BatchGetItemCommandOutput>;
  batchWriteItem(input: BatchWriteItemCommandInput): Promise<BatchWriteItemCommandOutput>;
  query(input: QueryCommandInput): Promise<QueryCommandOutput>;
  scan(input: ScanCommandInput): Promise<ScanCommandOutput>;
  transactGetItems(input: TransactGetItemsCommandInput): Promise<TransactGetItemsCommandOutput>;
  transactWriteItems(input: TransactWriteItemsCommandInput): Promise<TransactWriteItemsCommandOutput>;
  describeTable(name: string): Promise<DescribeTableCommandOutput>;
  createTable(input: CreateTableCommandInput): Promise<unknown>;
  updateTimeToLive(input: UpdateTimeToLiveCommandInput): Promise<unknown>;
  close(): void;
}

export interface Place {
  /** AWS region, for example eu-central-1; undefined: as the environment says. */
  readonly region: string | undefined;
  /** Base URL of an emulator or a VPC endpoint; undefined: that of AWS in the region. */
  readonly endpoint: string | undefined;
}

/** Tries of the SDK itself, for throttling and broken connections: a transaction carries a token, so that a repeat is the same one. */
const TRIES = 6;
const CONNECT_MS = 3_000;
const REQUEST_MS = 15_000;

/** Calls to AWS, or to an emulator; credentials are found as every AWS tool finds them. */
export const openCalls = ({ region, endpoint }: Place): Calls => {
  const client = new DynamoDBClient({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    maxAttempts: TRIES,
    requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS },
  });
  return {
    getItem: (input) => client.send(new GetItemCommand(input)),
    batchGetItem: (input) => client.send(new BatchGetItemCommand(input)),
    batchWriteItem: (input) => client.send(new BatchWriteItemCommand(input)),
    query: (input) => client.send(new QueryCommand(input)),
    scan: (input) => client.send(new ScanCommand(input)),
    transactGetItems: (input) => client.send(new TransactGetItemsCommand(input)),
    transactWriteItems: (input) => client.send(new TransactWriteItemsCommand(input)),
    describeTable: (name) => client.send(new DescribeTableCommand({ TableName: name })),
    createTable: (input) => client.send(new CreateTableCommand(input)),
    updateTimeToLive: (input) => client.send(new UpdateTimeToLiveCommand(input)),
    close: () => client.destroy(),
  };
};
