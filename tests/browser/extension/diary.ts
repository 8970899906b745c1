/** When something happened: not before `from`, and by `to` the extension had kept it. Milliseconds of the wall clock. */
export interface Moment {
  readonly from: number;
  readonly to: number;
}

/** What was done in a browser, kept by the test itself. */
export interface Entry {
  readonly url: string;
  readonly start: Moment;
  end: Moment | null;
  /** For how long it was looked at: `from` at least, `to` at most. */
  active: Moment;
}

export const createDiary = () => {
  const entries: Entry[] = [];
  const open = new Map<string, Entry>();
  let attended: { readonly entry: Entry; readonly since: Moment } | undefined;
  const attend = (entry: Entry | undefined, at: Moment): void => {
    if (attended !== undefined) {
      const { entry: before, since } = attended;
      const { from, to } = before.active;
      before.active = { from: from + Math.max(0, at.from - since.to), to: to + at.to - since.from };
    }
    attended = entry === undefined ? undefined : { entry, since: at };
  };
  return {
    entries,
    /** The tab goes to a page; the one it had ends. */
    go: (tab: string, url: string, at: Moment): void => {
      const before = open.get(tab);
      const entry: Entry = { url, start: at, end: null, active: { from: 0, to: 0 } };
      if (before !== undefined) before.end = at;
      if (before !== undefined && attended?.entry === before) attend(entry, at);
      entries.push(entry);
      open.set(tab, entry);
    },
    close: (tab: string, at: Moment): void => {
      const entry = open.get(tab);
      if (entry !== undefined) entry.end = at;
      if (attended?.entry === entry) attend(undefined, at);
      open.delete(tab);
    },
    /** From now on this tab is looked at; undefined: none. */
    lookAt: (tab: string | undefined, at: Moment): void => attend(tab === undefined ? undefined : open.get(tab), at),
    /** The browser ends. */
    end: (at: Moment): void => {
      attend(undefined, at);
      for (const entry of open.values()) entry.end = at;
      open.clear();
    },
  };
};
