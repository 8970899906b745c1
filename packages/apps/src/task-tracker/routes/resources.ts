import { type JsonObject, refuse } from '@tidemark/protocol';
import { type Call, type Filter, liveRecord, type Resource } from '@tidemark/server/rest';
import * as z from 'zod';
import { PRIORITIES, taskTracker, utcTime } from '../schema.ts';

const { tasks, categories } = taskTracker.collections;

const equals = (field: string, schema: z.ZodType<string>): Filter => ({ schema, where: (value) => ({ [field]: value }) });
const bound = (field: string, kind: 'gte' | 'lte'): Filter => ({
  schema: utcTime,
  where: (value) => ({ [field]: kind === 'gte' ? { gte: value } : { gt: null, lte: value } }),
});

/** Refused where a task would name a category that its owner does not have. */
export const checkCategory = async (call: Call, { categoryId }: JsonObject) => {
  if (typeof categoryId !== 'string' || (await liveRecord(call, categories.name, categoryId)) !== undefined) return undefined;
  const message = 'There is no category with this id.';
  return refuse('BAD_REQUEST', message, { issues: [{ path: 'categoryId', message }] }).error;
};

export const taskResource: Resource = {
  name: 'task',
  path: '/tasks',
  collection: tasks,
  idName: 'taskId',
  onCreate: (createdAt) => ({ createdAt }),
  defaults: { completed: false },
  filters: {
    categoryId: equals('categoryId', z.uuid()),
    completed: { schema: z.enum(['true', 'false']), where: (value) => ({ completed: value === 'true' }) },
    status: { schema: z.enum(['completed', 'open']), where: (value) => ({ completed: value === 'completed' }) },
    priority: equals('priority', z.enum(PRIORITIES)),
    dueFrom: bound('dueDate', 'gte'),
    dueTo: bound('dueDate', 'lte'),
    createdFrom: bound('createdAt', 'gte'),
    createdTo: bound('createdAt', 'lte'),
  },
  sorts: {
    createdAt: { field: 'createdAt' },
    dueDate: { field: 'dueDate', missingLast: true },
    priority: { field: 'priorityRank' },
    updatedAt: { field: '$seq' },
    title: { field: 'titleKey' },
  },
  check: checkCategory,
};

export const categoryResource: Resource = {
  name: 'category',
  path: '/categories',
  collection: categories,
  idName: 'categoryId',
  onCreate: (createdAt) => ({ createdAt }),
  filters: {},
  sorts: { createdAt: { field: 'createdAt' }, name: { field: 'name' } },
};
