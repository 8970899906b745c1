import { type StoredTask, taskFromStored } from '@tidemark/apps/time-tracker';
import { isJsonObject, type Refusal } from '@tidemark/protocol';

/** An item of the file that cannot be loaded, and why. `position` counts from 1. */
export interface RefusedItem {
  readonly position: number;
  readonly title: string;
  readonly error: Refusal;
}

/** What a file holds, before anything is loaded. */
export interface CheckedFile {
  readonly name: string;
  readonly ready: readonly StoredTask[];
  /** Tasks whose id is here already; loading leaves them alone. */
  readonly known: readonly StoredTask[];
  readonly refused: readonly RefusedItem[];
  /** Why the file as a whole is no list of tasks; null if it is one. */
  readonly problem: string | null;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const titleOf = (item: unknown): string => (isJsonObject(item) && typeof item.title === 'string' ? item.title.slice(0, 60) : '');

/**
 * Checks a file of tasks item by item and changes nothing.
 * @param text a JSON array of tasks as the timer kept them in localStorage
 * @param now wall time in milliseconds
 * @param isHere whether a task of this id exists; the first of two equal ids in the file is loaded
 */
export const checkFile = (name: string, text: string, now: number, isHere: (id: string) => boolean): CheckedFile => {
  const items = parse(text);
  if (!Array.isArray(items)) {
    const problem = items === undefined ? 'This file is not JSON.' : 'This file holds no list of tasks: it must be a JSON array.';
    return { name, ready: [], known: [], refused: [], problem };
  }
  const ready = new Map<string, StoredTask>();
  const known: StoredTask[] = [];
  const refused: RefusedItem[] = [];
  for (const [index, item] of items.entries()) {
    const task = taskFromStored(item, now);
    if (!task.ok) refused.push({ position: index + 1, title: titleOf(item), error: task.error });
    else if (isHere(task.value.id) || ready.has(task.value.id)) known.push(task.value);
    else ready.set(task.value.id, task.value);
  }
  return { name, ready: [...ready.values()], known, refused, problem: null };
};
