export { aggregateRecord, type SentAggregate, sentAggregate } from './aggregate.ts';
export { aggregateKey, visitKey } from './keys.ts';
export {
  BROWSING_LIMITS,
  browsing,
  type PageVisitFields,
  type PageVisitRecord,
  type TabAggregateFields,
  type TabAggregateRecord,
} from './schema.ts';
export { domainOf, type ReadyRecord, type SentVisit, sentVisit, visitRecord } from './visit.ts';
