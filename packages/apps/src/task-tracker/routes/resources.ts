import type { Filter, Resource } from '@tidemark/server/rest';
import * as z from 'zod';
import { PRIORITIES, taskTracker, utcTime } from '../schema.ts';

const { tasks, categories } = taskTracker.collections;

const equals = (field: string, schema: z.ZodType<string>): Filter => ({ schema, where: (value) => ({ [field]: value }) });
const bound = (field: string, kind: 'gte' | 'lte'): Filter => ({
  schema: utcTime,
  where: (value) => ({ [field]: kind === 'gte' ? { gte: value } : { gt: null, lte: value } }),
});

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
