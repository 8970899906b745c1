import { handler } from '../sync.ts';

// The names that the task tracker's plan gives its functions: each is the whole server, which finds the route by method and path.
export const createTask = handler;
export const listTasks = handler;
export const getTask = handler;
export const updateTask = handler;
export const deleteTask = handler;
