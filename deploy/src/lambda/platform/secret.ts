import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Reads the text of a secret of AWS Secrets Manager. Rejects where it is not there or may not be read. */
export const openSecret = (id: string): (() => Promise<string>) => {
  const client = new SecretsManagerClient({});
  return async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    if (SecretString === undefined) throw new Error(`The secret ${id} holds no text.`);
    return SecretString;
  };
};
