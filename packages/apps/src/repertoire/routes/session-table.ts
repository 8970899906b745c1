import { createLogTables, type LogTable, type LogTables } from '@tidemark/server/rest';
import { keyOf } from './find-uploads.ts';

/** About 300 bytes each. */
const SESSIONS_MAX = 150_000;

/** The sessions of a person, printed: phones ask for all of them every five minutes, however many there are. */
export interface SessionTable extends LogTable {
  /** The JSON of all but those with these keys, with commas between. Printed once until one of them changes. */
  textWithout(keys: ReadonlySet<string>): string;
}

/** The JSON of a stored session as devices decode it: the fields as they are kept, for there may be many thousands. */
export const printSession = (id: string, fieldsJson: string, userId: string): string => {
  const fields = fieldsJson === '{}' ? '}' : `,${fieldsJson.slice(1)}`;
  return `{"sessionId":${JSON.stringify(id)},"userId":${JSON.stringify(userId)}${fields}`;
};

export const createSessionTable = (userId: string): SessionTable => {
  const printed = new Map<string, string>();
  let whole: string | undefined;
  const touch = (): void => {
    whole = undefined;
  };
  return {
    size: () => printed.size,
    put: (id, fieldsJson) => {
      touch();
      printed.set(id, printSession(id, fieldsJson, userId));
    },
    remove: (id) => {
      touch();
      printed.delete(id);
    },
    clear: () => {
      touch();
      printed.clear();
    },
    textWithout: (keys) => {
      if (keys.size > 0) return [...printed].flatMap(([id, text]) => (keys.has(keyOf(id)) ? [] : [text])).join(',');
      whole ??= [...printed.values()].join(',');
      return whole;
    },
  };
};

export const createSessionTables = (): LogTables<SessionTable> =>
  createLogTables({ collection: 'sessions', recordsMax: SESSIONS_MAX, open: ({ principal }) => createSessionTable(principal.subject) });
