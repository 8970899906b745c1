import { offerDeletion, offerPause } from '../look/controls.ts';
import { element, perform, say, setText, show, troubleOf } from '../look/page.ts';
import { ago, count } from '../look/words.ts';
import { ask, currentAddress, every, now, onChanged, openOptions } from '../platform/chrome-pages.ts';
import { isExcluded } from '../recorder/exclusions.ts';
import type { Status } from '../worker/messages.ts';

let site: URL | undefined;
let latest: Status | undefined;

const button = (id: string): HTMLButtonElement => element(id, HTMLButtonElement);

const chipOf = ({ email, hasSession, paused, syncing }: Status): readonly [state: string, text: string] => {
  if (email === null) return ['off', 'Signed out'];
  if (!hasSession) return ['warn', 'Sign in again'];
  if (paused) return ['warn', 'Paused'];
  return ['on', syncing ? 'Syncing' : 'Recording'];
};

const renderSite = ({ excluded, paused }: Status): void => {
  show('site-card', site !== undefined);
  if (site === undefined) return;
  const isOut = isExcluded(site, excluded);
  setText('site', site.hostname);
  setText('site-says', isOut ? 'This site is never recorded' : paused ? 'Not recorded while paused' : 'This site is recorded');
  setText('site-toggle', isOut ? 'Record again' : 'Exclude');
  button('site-toggle').setAttribute('aria-label', isOut ? `Record again: ${site.hostname}` : `Exclude ${site.hostname}`);
};

const render = (status: Status): void => {
  latest = status;
  const { email, hasSession, paused, pending, lastSyncAt, server, refused } = status;
  const isIn = email !== null;
  const [state, text] = chipOf(status);
  element('chip', HTMLElement).dataset.state = state;
  setText('chip', text);
  show('sign-in', !isIn || !hasSession);
  show('welcome', !isIn);
  show('again', isIn && !hasSession);
  show('register', !isIn);
  show('signed-in', isIn);
  for (const id of ['delete', 'sign-out']) show(id, isIn);
  setText('server', server);
  show('choose-server', !isIn);
  show('who', isIn);
  setText('who', email ?? '');
  button('recording').setAttribute('aria-checked', String(!paused));
  setText('recording-says', paused ? 'Paused: nothing is recorded' : 'Pages you visit and for how long');
  setText('pending', pending.toLocaleString('en'));
  setText('last-sync', ago(lastSyncAt, now()));
  const trouble = troubleOf(status);
  const refusedSays = refused.length === 0 ? null : `The server does not take ${count(refused.length, 'record')}. See Settings.`;
  show('trouble', hasSession && (trouble ?? refusedSays) !== null);
  setText('trouble', trouble ?? refusedSays ?? '');
  renderSite(status);
};

const refresh = async (): Promise<void> => {
  const answer = await ask({ ask: 'status' });
  if (answer.ok) render(answer.value);
  else say(answer.error.message, 'bad');
};

const enter = async (ask: 'signIn' | 'register'): Promise<void> => {
  const form = element('sign-in', HTMLFormElement);
  if (!form.reportValidity()) return;
  const email = element('email', HTMLInputElement).value.trim();
  const field = element('password', HTMLInputElement);
  const answer = await perform(
    button(ask === 'signIn' ? 'enter' : 'register'),
    { ask, email, password: field.value },
    render,
    () => `Signed in as ${email}`,
  );
  if (answer?.ok !== true) return;
  field.value = '';
  button('recording').focus();
};

const toggleSite = async (): Promise<void> => {
  if (site === undefined || latest === undefined) return;
  const address = site;
  const covering = latest.excluded.find((one) => isExcluded(address, [one]));
  const request =
    covering === undefined ? ({ ask: 'exclude', site: address.hostname } as const) : ({ ask: 'include', site: covering } as const);
  await perform(button('site-toggle'), request, render, () =>
    covering === undefined ? `${address.hostname} is no longer recorded` : `${covering} is recorded again`,
  );
};

const syncSays = ({ trouble, pending }: Status): string =>
  trouble === null
    ? pending === 0
      ? 'Everything is at the server'
      : `${count(pending, 'record')} still waiting`
    : 'Not everything could be sent';

element('sign-in', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  void enter('signIn');
});
button('register').addEventListener('click', () => void enter('register'));
offerPause(() => latest?.paused === true, render);
button('sync').addEventListener('click', () => void perform(button('sync'), { ask: 'sync' }, render, syncSays));
button('site-toggle').addEventListener('click', () => void toggleSite());
button('settings').addEventListener('click', openOptions);
button('choose-server').addEventListener('click', openOptions);
offerDeletion(render);
button('sign-out').addEventListener(
  'click',
  () => void perform(button('sign-out'), { ask: 'signOut' }, render, () => 'Signed out. Nothing is recorded.'),
);

onChanged(() => void refresh());
every(20_000, () => {
  if (latest !== undefined) setText('last-sync', ago(latest.lastSyncAt, now()));
});
site = await currentAddress();
await refresh();
if (latest?.email === null) element('email', HTMLInputElement).focus();
