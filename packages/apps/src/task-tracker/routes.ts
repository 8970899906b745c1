import {
  type AppRoutes,
  bulkEndpoint,
  changeEndpoint,
  createEndpoint,
  csvEndpoint,
  deleteEndpoint,
  type Endpoint,
  getEndpoint,
  listEndpoint,
  restDialect,
  restRoutes,
} from '@tidemark/server/rest';
import * as z from 'zod';
import { categoryResource, taskResource } from './routes/resources.ts';

const endpoints = (base: string): readonly Endpoint[] => [
  listEndpoint(taskResource),
  createEndpoint(taskResource, base),
  csvEndpoint(taskResource),
  bulkEndpoint(taskResource, {
    complete: { edit: { completed: true } },
    reopen: { edit: { completed: false } },
    delete: { edit: 'delete' },
    move: { edit: {}, fields: { categoryId: z.uuid().nullable().describe('The category to move to; null for none') } },
  }),
  getEndpoint(taskResource),
  changeEndpoint(taskResource, 'PUT'),
  changeEndpoint(taskResource, 'PATCH'),
  deleteEndpoint(taskResource),
  listEndpoint(categoryResource),
  createEndpoint(categoryResource, base),
  getEndpoint(categoryResource),
  changeEndpoint(categoryResource, 'PUT'),
  changeEndpoint(categoryResource, 'PATCH'),
  deleteEndpoint(categoryResource, { resource: taskResource, field: 'categoryId' }),
];

/** The routes of the task tracker, beside the native ones: whatever is written by one is at once seen by the other. */
export const taskTrackerRoutes: AppRoutes = restRoutes({
  title: 'Task tracker',
  description: 'Tasks and categories of one person. Send an API key as x-api-key, or a token as Authorization: Bearer.',
  version: '1.0.0',
  dialect: restDialect({ RECORD_IN_USE: 'CATEGORY_IN_USE' }),
  rateLimit: { perSecond: 1_000, burst: 2_000, per: 'key' },
  endpoints,
});
