/** What was done in a browser, kept by the test itself. Times in milliseconds. */
export interface Entry {
  readonly url: string;
  readonly start: number;
  end: number | null;
  active: number;
}

export const createDiary = () => {
  const entries: Entry[] = [];
  const open = new Map<string, Entry>();
  let attended: Entry | undefined;
  let since = 0;
  const count = (): void => {
    const now = Date.now();
    if (attended !== undefined) attended.active += now - since;
    since = now;
  };
  return {
    entries,
    /** The tab goes to a page; the one it had ends. */
    go: (tab: string, url: string): void => {
      count();
      const before = open.get(tab);
      const entry: Entry = { url, start: Date.now(), end: null, active: 0 };
      if (before !== undefined) before.end = entry.start;
      if (before !== undefined && attended === before) attended = entry;
      entries.push(entry);
      open.set(tab, entry);
    },
    close: (tab: string): void => {
      count();
      const entry = open.get(tab);
      if (entry !== undefined) entry.end = Date.now();
      if (attended === entry) attended = undefined;
      open.delete(tab);
    },
    /** From now on this tab is looked at; undefined: none. */
    lookAt: (tab: string | undefined): void => {
      count();
      attended = tab === undefined ? undefined : open.get(tab);
    },
    /** The browser ends. */
    end: (): void => {
      count();
      attended = undefined;
      for (const entry of open.values()) entry.end = Date.now();
      open.clear();
    },
    settle: count,
  };
};
