import { compositeId } from '@tidemark/protocol';

/** The id of a visit's record: a visit is known by the browser it happened in and the id it has there. */
export const visitKey = (anonymousClientId: string, visitId: string): string => compositeId(anonymousClientId, visitId);

/** The id of a tab's record: tab numbers repeat in every browser, and after each restart of one. */
export const aggregateKey = (anonymousClientId: string, tabId: number, startTime: number): string =>
  compositeId(anonymousClientId, String(tabId), String(startTime));
