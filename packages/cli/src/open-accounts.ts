import { ok, type Result } from '@tidemark/protocol';
import { type Config, createLogger } from '@tidemark/server';
import { type Accounts, createAccounts, createMailbox, findByEmail, normalizeEmail, openSigningKeys } from '@tidemark/server/accounts';
import type { CommandContext } from './context.ts';
import type { DataFolder } from './data-folder.ts';
import type { OpenedEngine } from './open-engine.ts';
import { type Outcome, wrongInput } from './outcome.ts';

/** The accounts of a database, for commands: nothing is served, nothing runs beside, and no mail goes out. */
export const openAccountsOf = async (
  { env }: CommandContext,
  folder: DataFolder,
  { accounts, engine }: OpenedEngine,
  config: Config,
): Promise<Result<Accounts>> => {
  const signingKeys = await openSigningKeys(folder.path, env, config.accounts?.algorithm);
  if (!signingKeys.ok) return signingKeys;
  return ok(
    createAccounts({
      storage: accounts,
      engine,
      env,
      logger: createLogger({ level: 'silent' }),
      signingKeys: signingKeys.value,
      mailer: createMailbox(env),
      links: { publicUrl: config.publicUrl ?? '' },
      piiKeys: (config.pii?.keys ?? []).map(({ id, key }) => ({ id, key: Buffer.from(key, 'base64') })),
    }),
  );
};

/** The id of the account with this e-mail address, or what to say where there is none. */
export const accountIdOf = async ({ context }: Accounts, email: string): Promise<string | Outcome> => {
  const normalized = normalizeEmail(email);
  const account = normalized === undefined ? undefined : await findByEmail(context, normalized);
  return (
    account?.row.accountId ?? wrongInput(`There is no account with the address ${email}. Its owner registers first (POST /auth/register).`)
  );
};
