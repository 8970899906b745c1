import { type Env, ok, type Result, refuse } from '@tidemark/protocol';
import { type Calls, openCalls } from './calls.ts';
import { explain, faultName } from './failure.ts';
import { parseTableUrl } from './table-url.ts';

/** The attribute by which DynamoDB removes what has expired, seconds since 1970. */
export const EXPIRY = 'expires';
const LOOKS_MAX = 120;
const LOOK_AGAIN_MS = 1_000;

const lookUntilActive = async (calls: Calls, name: string, env: Env): Promise<boolean> => {
  for (let look = 0; look < LOOKS_MAX; look++) {
    const { Table } = await calls.describeTable(name);
    if (Table?.TableStatus === 'ACTIVE') return true;
    await new Promise<void>((resolve) => void env.setTimer(LOOK_AGAIN_MS, resolve));
  }
  return false;
};

/**
 * Makes the table that a URL names: one partition key, one sort key, on-demand capacity, expiry switched on. Answers whether it was made
 * ('created') or was there before ('existed'). Refused as UNAVAILABLE with a message that says what to do.
 */
export const createDynamoTable = async (url: string, env: Env): Promise<Result<'created' | 'existed'>> => {
  const place = parseTableUrl(url);
  if (!place.ok) return place;
  const { table: name } = place.value;
  const calls = openCalls(place.value);
  try {
    await calls.createTable({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
    if (!(await lookUntilActive(calls, name, env)))
      return refuse('UNAVAILABLE', `Table ${name} is being made, but not ready after two minutes.`);
    await calls.updateTimeToLive({ TableName: name, TimeToLiveSpecification: { AttributeName: EXPIRY, Enabled: true } });
    return ok('created');
  } catch (error) {
    if (faultName(error) === 'ResourceInUseException') return ok('existed');
    return refuse('UNAVAILABLE', `Table ${name} cannot be made: ${explain(error)}`);
  } finally {
    calls.close();
  }
};
