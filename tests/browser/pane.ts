import type { FrameLocator, Locator, Page } from 'playwright-core';

/** What a person does in one of the two panes. */
export interface Pane {
  readonly frame: FrameLocator;
  /** The task's card. */
  task(title: string): Locator;
  add(title: string): Promise<void>;
  start(title: string): Promise<void>;
  pause(title: string): Promise<void>;
  /** Opens the task's menu and chooses. */
  choose(title: string, what: string): Promise<void>;
  edit(title: string, changes: { readonly title?: string; readonly tags?: readonly string[] }): Promise<void>;
  setOffline(offline: boolean): Promise<void>;
  openConflicts(): Promise<void>;
  closeSheet(): Promise<void>;
  /** Resolves when the status reads so. */
  waitForStatus(words: string | RegExp): Promise<void>;
}

export const paneOf = (page: Page, name: 'left' | 'right'): Pane => {
  const frame = page.frameLocator(`iframe[name=${name}]`);
  const button = (label: string) => frame.getByRole('button', { name: label, exact: true });
  const choose: Pane['choose'] = async (title, what) => {
    await button(`More for ${title}`).click();
    await frame.getByRole('menuitem', { name: what }).click();
  };
  const sheet = frame.getByRole('dialog');
  return {
    frame,
    choose,
    task: (title) => frame.getByRole('listitem').filter({ has: frame.getByText(title, { exact: true }) }),
    add: async (title) => {
      await frame.getByLabel('New task').fill(title);
      await button('Add task').click();
      await button(`Start ${title}`).waitFor();
    },
    start: async (title) => {
      await button(`Start ${title}`).click();
      await button(`Pause ${title}`).waitFor();
    },
    pause: async (title) => {
      await button(`Pause ${title}`).click();
      await button(`Start ${title}`).waitFor();
    },
    edit: async (title, changes) => {
      await choose(title, 'Rename and tag');
      if (changes.title !== undefined) await sheet.getByLabel('Title').fill(changes.title);
      for (const tag of changes.tags ?? []) {
        await sheet.getByLabel('Tags').fill(tag);
        await sheet.getByLabel('Tags').press('Enter');
      }
      await sheet.getByRole('button', { name: 'Save' }).click();
      await sheet.waitFor({ state: 'hidden' });
    },
    setOffline: async (offline) => {
      await frame.getByRole('switch', { name: 'Offline' }).setChecked(offline);
    },
    openConflicts: async () => {
      await frame.getByRole('button', { name: /^Conflicts: [1-9]/ }).click();
      await sheet.getByRole('button', { name: 'Keep mine' }).first().waitFor();
    },
    closeSheet: async () => {
      await sheet.getByRole('button', { name: 'Close' }).click();
      await sheet.waitFor({ state: 'hidden' });
    },
    waitForStatus: async (words) => {
      await frame.getByLabel('Sync status').filter({ hasText: words }).waitFor();
    },
  };
};
