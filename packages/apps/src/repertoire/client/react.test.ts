import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { createMockSyncService, SyncErrorHandler, type SyncStatus } from '../client.ts';
import { ProfileScreen, RepertoireScreen, SyncStatusView } from './react.tsx';

// What each state looks like; that a page follows the changes is seen in Chromium (tests/browser/repertoire-status.test.ts).

const render = (status: SyncStatus, onSignIn?: () => void): string =>
  renderToStaticMarkup(
    createElement(SyncStatusView, { service: createMockSyncService(status), ...(onSignIn === undefined ? {} : { onSignIn }) }),
  );

const failed = (code: 'UNAUTHENTICATED' | 'INTERNAL' | 'TOO_MANY_REQUESTS', details = {}): SyncStatus => ({
  state: 'error',
  pending: 2,
  error: SyncErrorHandler.handle({ code, message: 'no words for people', details }),
});

describe('SyncStatusView', () => {
  test.each([
    [{ state: 'synced', pending: 0 }, 'Synced', undefined],
    [{ state: 'syncing', pending: 3 }, 'Syncing …', undefined],
    [{ state: 'syncing', pending: 60, progress: { done: 25, total: 60 } }, 'Syncing … 25 of 60', undefined],
    [{ state: 'pending', pending: 1 }, '1 change pending', 'Sync now'],
    [{ state: 'pending', pending: 3 }, '3 changes pending', 'Sync now'],
    [{ state: 'offline', pending: 3 }, 'Offline · 3 changes pending', 'Sync now'],
    [failed('INTERNAL'), 'Sync failed', 'Try again'],
    [failed('TOO_MANY_REQUESTS'), 'A moment, please', undefined],
  ] as const)('%j reads "%s"', (status, words, button) => {
    const html = render(status);
    expect(html).toContain(`<strong>${words}</strong>`);
    expect(/<button type="button">([^<]*)</.exec(html)?.[1]).toBe(button);
    expect(html).toContain('role="status"');
    expect(html).not.toContain('no words for people');
  });

  test('offers to sign in where that helps, and says what to quote', () => {
    expect(render(failed('UNAUTHENTICATED'), () => undefined)).toContain('<button type="button">Sign in</button>');
    expect(render(failed('INTERNAL', { correlationId: 'c-7' }))).toContain('Report it as c-7');
  });

  test('stands atop the repertoire and the profile', () => {
    const service = createMockSyncService({ state: 'pending', pending: 2 });
    const list = renderToStaticMarkup(createElement(RepertoireScreen, { service, pieces: [] }));
    const nothing = () => undefined;
    const profile = renderToStaticMarkup(createElement(ProfileScreen, { service, user: null, onSignIn: nothing, onSignOut: nothing }));
    for (const html of [list, profile]) expect(html).toMatch(/^<main><section class="sync-status sync-status-pending"/);
  });
});
