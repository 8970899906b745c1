import { describe, expect, test } from 'vitest';
import { identitiesOfApp } from './check-config.ts';
import { type ConfigSources, readConfig } from './read-config.ts';

const GOOGLE = { kind: 'google', clientIds: ['web'] };
const POOL = { kind: 'cognito', userPoolId: 'eu-central-1_AbCdEf123', clientIds: ['timer'], tokenUse: 'id' };
const LOCAL = { kind: 'local', port: 9000, like: GOOGLE };
const MAIL = { smtp: 'smtps://u:p@mail.example', from: 'Tidemark <mail@example.com>' };
const KEY = Buffer.alloc(32, 7).toString('base64');

const read = (file: unknown, more: Partial<ConfigSources> = {}) =>
  readConfig({ file, variables: {}, apps: ['time-tracker', 'repertoire'], allowDevelopmentTokens: false, ...more });
const faultsOf = (file: unknown, more: Partial<ConfigSources> = {}) => {
  const result = read(file, more);
  return result.ok ? [] : result.faults.map(({ path, message }) => `${path}: ${message}`);
};
const production = (more: Record<string, string> = {}) => ({ variables: { NODE_ENV: 'production', ...more } });

describe('a configuration', () => {
  test('may be absent, and may say everything', () => {
    expect(read(undefined)).toEqual({ ok: true, config: {}, warnings: [] });
    const file = {
      publicUrl: 'https://sync.example.com',
      identities: { 'our-google': GOOGLE, pool: { ...POOL, spaceBy: 'phone' }, own: LOCAL },
      apps: { repertoire: { identities: ['our-google', 'accounts'], requireVerifiedEmail: true } },
      accounts: { algorithm: 'RS256', accessTokenMinutes: 5, hashing: 'small', links: { magic: 'https://app.example/sign-in' } },
      mail: MAIL,
      cors: { origins: ['https://app.example', 'chrome-extension://abcdef'] },
      limits: { requestTimeoutSeconds: 120, connections: 500 },
      trustedProxies: 1,
      pii: { keys: [{ id: '2026', key: KEY }] },
    };
    expect(read(file)).toEqual({ ok: true, config: file, warnings: [] });
  });

  test.each<[string, unknown, string]>([
    ['not an object', [], 'the configuration: Invalid input: expected object, received array'],
    ['a setting there is not', { mails: MAIL }, 'mails: there is no such setting'],
    ['one further in', { mail: { ...MAIL, reply: 'x' } }, 'mail.reply: there is no such setting'],
    [
      'a kind there is not',
      { identities: { x: { kind: 'apple' } } },
      'identities.x.kind: kind must be one of: google, cognito, oidc, local',
    ],
    ['a name of an identity', { identities: { 'My Google': GOOGLE } }, 'identities.My Google: must be lower-case letters'],
    [
      'no client ids',
      { identities: { g: { ...GOOGLE, clientIds: [] } } },
      'identities.g.clientIds: Too small: expected array to have >=1 items',
    ],
    ['a pool', { identities: { c: { ...POOL, userPoolId: 'pool' } } }, 'identities.c.userPoolId: must look like eu-central-1_AbCdEf123'],
    [
      'a token use',
      { identities: { c: { ...POOL, tokenUse: 'both' } } },
      'identities.c.tokenUse: Invalid option: expected one of "id"|"access"',
    ],
    [
      'a symmetric algorithm',
      {
        identities: {
          o: { kind: 'oidc', issuer: 'https://i.example', jwksUri: 'https://i.example/k', audiences: ['a'], algorithms: ['HS256'] },
        },
      },
      'identities.o.algorithms.0: Invalid option: expected one of "RS256"',
    ],
    [
      'keys over plain HTTP',
      { identities: { o: { kind: 'oidc', issuer: 'https://i.example', jwksUri: 'http://i.example/k', audiences: ['a'] } } },
      'identities.o.jwksUri: must be an https:// address',
    ],
    ['an app there is not', { apps: { tasks: {} } }, 'apps.tasks: there is no such app; there are: time-tracker, repertoire'],
    [
      'an identity there is not',
      { apps: { repertoire: { identities: ['google'] } } },
      'apps.repertoire.identities.0: must be one of: accounts, api-keys, development',
    ],
    [
      'one issuer twice',
      { identities: { a: GOOGLE, b: GOOGLE }, apps: { repertoire: { identities: ['a', 'b'] } } },
      'apps.repertoire.identities.1: another identity of this app has the issuer https://accounts.google.com',
    ],
    ['a name that is taken', { identities: { accounts: GOOGLE } }, 'identities.accounts: this name is taken'],
    ['a mail server', { mail: { ...MAIL, smtp: 'mail.example' } }, 'mail.smtp: must be an address such as smtp://'],
    ['a sender with a line break', { mail: { ...MAIL, from: 'a@b\r\nBcc: c@d' } }, 'mail.from: must be a From header'],
    ['an origin with a path', { cors: { origins: ['https://app.example/'] } }, 'cors.origins'],
    ['a limit', { limits: { connections: 0 } }, 'limits.connections: Too small: expected number to be >=1'],
    ['a short key', { pii: { keys: [{ id: 'a', key: 'c2hvcnQ=' }] } }, 'pii.keys.0.key: must be 32 bytes in base64'],
    [
      'a key id twice',
      {
        pii: {
          keys: [
            { id: 'a', key: KEY },
            { id: 'a', key: KEY },
          ],
        },
      },
      'pii.keys.1.id: each key needs an id of its own',
    ],
    ['an address', { publicUrl: 'sync.example.com' }, 'publicUrl: must be an address such as https://sync.example.com'],
    ['an address with a slash', { publicUrl: 'https://sync.example.com/' }, 'publicUrl: must have no slash at the end'],
  ])('names what is wrong: %s', (_, file, fault) => {
    const faults = faultsOf(file);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  test('all that is wrong at once, and no value of it', () => {
    const file = { publicUrl: 7, mail: { smtp: 'hunter2', from: '' }, pii: { keys: [{ id: '', key: 'hunter3' }] }, nothing: 1 };
    const faults = faultsOf(file, { variables: { TIDEMARK_TRUSTED_PROXIES: 'hunter4' } });
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'publicUrl',
      'mail.smtp',
      'mail.from',
      'pii.keys.0.id',
      'pii.keys.0.key',
      'nothing',
      'TIDEMARK_TRUSTED_PROXIES',
    ]);
    expect(faults.join()).not.toContain('hunter');
  });
});

test('links in mails lead to a page or an app, never to a script', () => {
  for (const magic of ['https://app.example/sign-in', 'http://localhost:5173/in', 'com.example.app://sign-in'])
    expect(faultsOf({ accounts: { links: { magic } } })).toEqual([]);
  for (const magic of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'https://app.example/#here'])
    expect(faultsOf({ accounts: { links: { magic } } }), magic).toHaveLength(1);
});

describe('environment variables', () => {
  test('go before the file', () => {
    const variables = {
      TIDEMARK_PUBLIC_URL: 'https://b.example',
      TIDEMARK_SMTP_URL: 'smtp://127.0.0.1:25',
      TIDEMARK_PII_KEYS: `new:${KEY},old:${KEY}`,
      TIDEMARK_TRUSTED_PROXIES: '2',
      TIDEMARK_DATA: './data',
    };
    expect(read({ publicUrl: 'https://a.example', mail: MAIL, trustedProxies: 1 }, { variables })).toEqual({
      ok: true,
      config: {
        publicUrl: 'https://b.example',
        mail: { smtp: 'smtp://127.0.0.1:25', from: MAIL.from },
        trustedProxies: 2,
        pii: {
          keys: [
            { id: 'new', key: KEY },
            { id: 'old', key: KEY },
          ],
        },
      },
      warnings: [],
    });
  });

  test.each([
    ['TIDEMARK_PUBLIC_URL', 'b.example'],
    ['TIDEMARK_SMTP_URL', 'https://mail.example'],
    ['TIDEMARK_MAIL_FROM', 'nobody'],
    ['TIDEMARK_PII_KEYS', 'secret'],
    ['TIDEMARK_TRUSTED_PROXIES', '-1'],
  ])('are named when they are wrong: %s', (name, value) => {
    const faults = faultsOf({}, { variables: { [name]: value } });
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.every((fault) => fault.startsWith(`${name}: `))).toBe(true);
  });

  test('one half of mail wants the other', () => {
    expect(faultsOf({}, { variables: { TIDEMARK_SMTP_URL: MAIL.smtp } })).toEqual([
      'TIDEMARK_MAIL_FROM: is needed beside TIDEMARK_SMTP_URL',
    ]);
    expect(faultsOf({}, { variables: { TIDEMARK_MAIL_FROM: MAIL.from } })).toEqual([
      'TIDEMARK_SMTP_URL: is needed beside TIDEMARK_MAIL_FROM',
    ]);
  });

  test('an empty one is as none, a misspelt one is told', () => {
    const result = read({}, { variables: { TIDEMARK_PUBLIC_URL: '', TIDEMARK_PII_KEY: 'x' } });
    expect(result).toMatchObject({ ok: true, config: {}, warnings: [expect.stringContaining('TIDEMARK_PII_KEY is no variable')] });
  });
});

describe('production', () => {
  const sound = { publicUrl: 'https://sync.example.com', mail: MAIL };

  test('has accounts where there is mail, and no development tokens', () => {
    expect(faultsOf(sound, production())).toEqual([]);
    const surroundings = { apps: ['repertoire'], production: true, allowDevelopmentTokens: false };
    expect(identitiesOfApp({ mail: MAIL }, 'repertoire', surroundings)).toEqual(['accounts', 'api-keys']);
    expect(identitiesOfApp({}, 'repertoire', { ...surroundings, allowDevelopmentTokens: true })).toEqual(['development']);
    expect(identitiesOfApp({}, 'repertoire', { ...surroundings, production: false })).toEqual(['accounts', 'api-keys', 'development']);
  });

  test.each<[string, unknown, string]>([
    ['nobody who could sign in', {}, 'apps.time-tracker.identities: nobody could sign in'],
    ['a local issuer', { ...sound, identities: { own: LOCAL } }, 'identities.own.kind: a local issuer signs for whoever asks'],
    ['development tokens', { ...sound, apps: { repertoire: { identities: ['development'] } } }, 'apps: development tokens are refused'],
    [
      'accounts without mail',
      { publicUrl: sound.publicUrl, apps: { repertoire: { identities: ['accounts'] } } },
      'mail: is needed for accounts',
    ],
    ['accounts without an address', { mail: MAIL }, 'publicUrl: is needed for the links in mails'],
    [
      'a page without TLS that links in mails lead to',
      { ...sound, accounts: { links: { magic: 'http://app.example/sign-in' } } },
      'accounts.links.magic: must not begin with http:',
    ],
    ['an address without TLS', { ...sound, publicUrl: 'http://sync.example.com' }, 'publicUrl: must begin with https://'],
  ])('has none of: %s', (_, file, fault) => {
    expect(faultsOf(file, production()).join('\n')).toContain(fault);
    expect(faultsOf(file)).toEqual([]);
  });

  test('with development tokens asked for by name needs nothing else', () => {
    expect(faultsOf({}, { ...production(), allowDevelopmentTokens: true })).toEqual([]);
  });
});
