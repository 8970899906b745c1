import { handler } from '../sync.ts';

export const createCategory = handler;
export const listCategories = handler;
export const updateCategory = handler;
export const deleteCategory = handler;
