import { compositeId } from '@tidemark/protocol';

/** The id of what is kept once for a day and a thing: of a `completion`, `supplement_log` or `meal_log` record. Days stay in order. */
export const dayKey = (day: string, id: string): string => compositeId(day, id);

/** The id of the `settings` record of a member of the app's `settings`; `supp` and `macroTargets` are kept under their own names. */
export const settingKey = (name: string): string => compositeId('settings', name);
