import type { Status } from '@tidemark/client';

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** The status in a few words. */
export const statusWords = (status: Status): string => {
  switch (status.state) {
    case 'synced':
      return 'Synced';
    case 'syncing':
      return 'Syncing…';
    case 'pending':
      return `${counted(status.pending, 'change')} waiting`;
    case 'offline':
      return 'Offline';
    case 'signed out':
      return 'Signed out';
    case 'error':
      return 'Error';
  }
};

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const DAY_AND_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** Time of day of a wall time in milliseconds. */
export const timeOfDay = (at: number): string => TIME.format(at);

export const dayAndTime = (at: number): string => DAY_AND_TIME.format(at);
