import type { Config } from '@tidemark/server';

export default {
  publicUrl: 'https://sync.example.com',
  identities: {
    google: { kind: 'google', clientIds: ['web.apps.googleusercontent.com', 'ios.apps.googleusercontent.com'] },
    pool: { kind: 'cognito', userPoolId: 'eu-central-1_AbCdEf123', clientIds: ['timer'], tokenUse: 'id' },
    company: { kind: 'oidc', issuer: 'https://id.example.com', jwksUri: 'https://id.example.com/keys', audiences: ['sync'] },
  },
  apps: {
    'time-tracker': { identities: ['pool', 'accounts'] },
    'task-tracker': { identities: ['google', 'company', 'accounts', 'api-keys'], requireVerifiedEmail: true },
  },
  mail: { smtp: 'smtps://mail.example.com:465', from: 'Tidemark <mail@example.com>' },
  trustedProxies: 1,
} satisfies Config;
