export type { Applied, PullPage } from '@tidemark/engine';
export type { AppAccounts } from '../accounts/app-accounts.ts';
export type { SessionTokens, SessionWish } from '../accounts/sessions.ts';
export type { SignedIn } from '../accounts/sign-in.ts';
export { answerJson, answerRefusal, answerText } from '../http/answer.ts';
export { setHeader } from '../http/answer-headers.ts';
export { readBytes } from '../http/body.ts';
export { checkShape, readMessage, readQuery } from '../http/check.ts';
export type { HttpContext } from '../http/context.ts';
export type { Dialect } from '../http/dialect.ts';
export type { RateLimit } from '../http/rate-limit.ts';
export type { AccountRoute, AppRoutes, Call, GuardedRoute, OpenRoute, Route, Services } from '../sync/call.ts';
export type { OwnFile, ReadOwnFile } from '../transfer/own-form.ts';
export { answerExport, answerImport, importAnswerSchema, importQuery } from '../transfer/routes.ts';
export { type BulkAction, type BulkActions, bulkEndpoint } from './bulk-endpoint.ts';
export { createEndpoint } from './create-endpoint.ts';
export { csvEndpoint } from './csv-endpoint.ts';
export { plainDialect, restDialect } from './dialect.ts';
export {
  type Answer,
  accountEndpoint,
  answerNothing,
  type Endpoint,
  type EndpointSpec,
  type ErrorWords,
  endpoint,
  NO_INPUT,
  openEndpoint,
} from './endpoint.ts';
export { ifNoneMatchHolds } from './etag.ts';
export { listEndpoint } from './list-endpoint.ts';
export type { Selection } from './list-request.ts';
export { createLogTables, type LogTable, type LogTables } from './log-tables.ts';
export { type ListPage, readList } from './read-list.ts';
export { changeEndpoint, deleteEndpoint, getEndpoint } from './record-endpoints.ts';
export type { Referrers } from './references.ts';
export type { Filter, Resource, Sort } from './resource.ts';
export { type RestApi, restRoutes } from './rest-api.ts';
export { applyMutations, applyWrites, liveRecord, type Write } from './write.ts';
