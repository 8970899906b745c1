import { isJsonObject } from '@tidemark/protocol';
import { expect, onTestFinished } from 'vitest';

// Every secret that a test sends or is given is noted, and at the end of the test none of them may stand in a log.

/** Members of requests and answers that are secrets. */
const SECRET_MEMBERS =
  /^(token|(access|refresh|id|googleId)Token|(access|refresh)_token|password|(new|current)Password|secret|key|apiKey)$/;
/** Routes that carry secrets in bodies. Others carry a credential in a header at most, and bodies that may be endless. */
const SECRET_ROUTES = /\/(auth|development|keys)\b/;
/** Shorter ones stand in logs by chance. */
const LENGTH_MIN = 8;

/** The secrets in a JSON value, by the names of their members. */
export const secretsIn = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(secretsIn);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === 'string' && SECRET_MEMBERS.test(name) ? [member] : secretsIn(member),
  );
};

const secretsOfText = (text: string): readonly string[] => {
  try {
    return secretsIn(JSON.parse(text));
  } catch {
    return [];
  }
};

const credentialsOf = (headers: Headers): readonly string[] =>
  ['Authorization', 'X-Api-Key'].flatMap((name) => headers.get(name)?.replace(/^\w+ +/, '') ?? []);

export interface SecretWatch {
  /** Where the logger writes. */
  readonly destination: { write(line: string): void };
  readonly lines: readonly string[];
  /** Notes a secret that did not go over HTTP, such as one in a mail. */
  note(...secrets: readonly string[]): void;
  /** The secrets noted so far. */
  noted(): ReadonlySet<string>;
  /** A handler that notes the secrets of requests and answers on the way. */
  watch<A extends unknown[]>(
    fetch: (request: Request, ...more: A) => Response | Promise<Response>,
  ): (request: Request, ...more: A) => Promise<Response>;
}

/** The secrets that stand in any of the lines, whole or (of a JWT) by one of its parts. */
export const leaksIn = (lines: readonly string[], secrets: Iterable<string>): readonly string[] => {
  const text = lines.join('\n');
  return [...secrets].filter((secret) => [secret, ...secret.split('.')].some((part) => part.length >= LENGTH_MIN && text.includes(part)));
};

/** A watch over one test; the test fails at its end when a log holds a secret. */
export const createSecretWatch = (): SecretWatch => {
  const lines: string[] = [];
  const secrets = new Set<string>();
  const note = (...more: readonly string[]) => {
    for (const secret of more) secrets.add(secret);
  };
  onTestFinished(() => expect(leaksIn(lines, secrets), 'secrets in the log').toEqual([]));
  return {
    destination: { write: (line) => void lines.push(line) },
    lines,
    note,
    noted: () => secrets,
    watch:
      (fetch) =>
      async (request, ...more) => {
        note(...credentialsOf(request.headers));
        const carriesSecrets = SECRET_ROUTES.test(new URL(request.url).pathname);
        if (carriesSecrets) note(...secretsOfText(await request.clone().text()));
        const response = await fetch(request, ...more);
        if (carriesSecrets) note(...secretsOfText(await response.clone().text()));
        return response;
      },
  };
};
