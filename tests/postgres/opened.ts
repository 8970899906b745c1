import { createNodeEnv } from '@tidemark/server';
import { openPostgresStorage, type PostgresOptions, type PostgresStorage } from '@tidemark/storage/postgres';

/** Opens a storage or fails the test with the refusal's message. */
export const opened = async (url: string, options: Partial<PostgresOptions> = {}): Promise<PostgresStorage> => {
  const result = await openPostgresStorage({ url, env: createNodeEnv(), ...options });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};
