export { type ConfigSurroundings, identitiesOfApp } from './config/check-config.ts';
export type { Config } from './config/config-schema.ts';
export { type OpenedIdentities, openIdentities } from './config/open-identities.ts';
export { type ConfigFault, printFaults, readConfig } from './config/read-config.ts';
export { createHttpApp, type HttpAppOptions } from './http/http-app.ts';
export { DEVELOPMENT_KEY_FILE, type DevelopmentKey, openDevelopmentKey } from './identity/development-key.ts';
export { isLoopbackHost } from './identity/development-route.ts';
export {
  createDevelopmentIdentity,
  DEVELOPMENT_ISSUER,
  type DevelopmentIdentityOptions,
  issueDevelopmentToken,
} from './identity/development-tokens.ts';
export { type Identity, type Principal, type Profile, spaceKeyOf } from './identity/identity.ts';
export { isProduction } from './identity/is-production.ts';
export { httpGet } from './platform/http-get.ts';
export { LISTEN_LIMITS, type ListenLimits } from './platform/listen.ts';
export { createNodeEnv } from './platform/node-env.ts';
export { createServer, type Server, type ServerOptions } from './server.ts';
export type { AppRoutes } from './sync/call.ts';
export type { Mount } from './sync/mount.ts';
export { createLogger, type Logger } from './telemetry/logger.ts';
export { createMetrics, type Metrics } from './telemetry/metrics.ts';
export { openTracing, type Tracing } from './telemetry/tracing.ts';
