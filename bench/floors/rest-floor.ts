import { randomUUID } from 'node:crypto';
import { type HttpBindings, serve } from '@hono/node-server';
import { DatabaseSync } from '@photostructure/sqlite';
import { Hono } from 'hono';
import * as z from 'zod';

/**
 * The floor of the REST figures: what anyone would write first with Hono, zod and SQLite. One table with the indexes its queries
 * need; every write is a durable transaction; bodies are those of the task tracker.
 * No history, sync, receipts, ETags, limits or identity. Argument: the database file.
 */
const [file = ':memory:'] = process.argv.slice(2);
const db = new DatabaseSync(file);
db.exec('PRAGMA journal_mode = WAL');
db.exec('PRAGMA synchronous = FULL');
db.exec(`CREATE TABLE tasks (id TEXT PRIMARY KEY, title TEXT NOT NULL, description TEXT, completed INTEGER NOT NULL, priority TEXT NOT NULL,
  dueDate TEXT, createdAt TEXT NOT NULL, updatedAt TEXT NOT NULL, version INTEGER NOT NULL) STRICT`);
db.exec('CREATE INDEX byCreation ON tasks (createdAt, id)');
db.exec('CREATE INDEX byState ON tasks (completed, priority, createdAt, id)');
db.exec('CREATE INDEX byDueDate ON tasks (completed, dueDate, id)');

const bodySchema = z.strictObject({
  title: z.string().min(1).max(200),
  description: z.string().max(10_000).optional(),
  completed: z.boolean().default(false),
  priority: z.enum(['low', 'medium', 'high']),
  dueDate: z.iso.datetime().optional(),
});
const paramSchema = z.object({ id: z.uuid() });
const querySchema = z.object({
  completed: z.enum(['true', 'false']),
  priority: z.enum(['low', 'medium', 'high']),
  limit: z.coerce.number().int().min(1).max(200),
});

const insert = db.prepare('INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)');
const COLUMNS = 'id AS taskId, title, description, completed, priority, dueDate, createdAt, updatedAt, version';
const find = db.prepare(`SELECT ${COLUMNS} FROM tasks WHERE id = ?`);
const page = db.prepare(`SELECT ${COLUMNS} FROM tasks WHERE completed = ? AND priority = ? ORDER BY createdAt, id LIMIT ?`);
const change = db.prepare('UPDATE tasks SET completed = ?, updatedAt = ?, version = version + 1 WHERE id = ?');

type Body = z.output<typeof bodySchema>;
const store = (body: Body, id: string): void => {
  const { title, description = null, completed, priority, dueDate = null } = body;
  const time = new Date().toISOString();
  insert.run(id, title, description, completed ? 1 : 0, priority, dueDate, time, time);
};

/** A row as the API shows it: a boolean is one, and what is not there is left out. */
const shown = (row: object): object => {
  const item: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(row)) if (value !== null) item[name] = name === 'completed' ? value === 1 : value;
  return item;
};
const one = (id: string): object => ({ data: shown(find.get(id) ?? {}) });

const app = new Hono<{ Bindings: HttpBindings }>();
app.post('/fill', async (c) => {
  const bodies = z.array(bodySchema).parse(await c.req.json());
  db.exec('BEGIN IMMEDIATE');
  for (const body of bodies) store(body, randomUUID());
  db.exec('COMMIT');
  return c.json({ ok: true });
});
app.post('/tasks', async (c) => {
  const body = bodySchema.safeParse(await c.req.json());
  if (!body.success) return c.json({ error: body.error.issues }, 400);
  const id = randomUUID();
  store(body.data, id);
  return c.json(one(id), 201);
});
app.patch('/tasks/:id', async (c) => {
  const body = bodySchema.partial().safeParse(await c.req.json());
  if (!body.success) return c.json({ error: body.error.issues }, 400);
  const param = paramSchema.safeParse(c.req.param());
  if (!param.success) return c.json({ error: param.error.issues }, 400);
  change.run(body.data.completed === true ? 1 : 0, new Date().toISOString(), param.data.id);
  return c.json(one(param.data.id));
});
app.get('/tasks/:id', (c) => {
  const param = paramSchema.safeParse(c.req.param());
  if (!param.success) return c.json({ error: param.error.issues }, 400);
  const row = find.get(param.data.id);
  return row === undefined ? c.json({ error: 'not found' }, 404) : c.json({ data: shown(row) });
});
app.get('/tasks', (c) => {
  const query = querySchema.safeParse(c.req.query());
  if (!query.success) return c.json({ error: query.error.issues }, 400);
  const { completed, priority, limit } = query.data;
  const rows: { taskId: string; createdAt: string }[] = page.all(completed === 'true' ? 1 : 0, priority, limit + 1);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  const nextCursor = last === undefined ? null : btoa(JSON.stringify([last.createdAt, last.taskId]));
  return c.json({ data: rows.slice(0, limit).map(shown), nextCursor });
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => void process.stdout.write(`ready at ${port}\n`));
process.once('SIGTERM', () => process.exit(0));
