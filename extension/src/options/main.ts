import { offerDeletion, offerPause } from '../look/controls.ts';
import { element, perform, say, setText, show, troubleOf } from '../look/page.ts';
import { ago, count } from '../look/words.ts';
import { ask, download, now, onChanged } from '../platform/chrome-pages.ts';
import type { Status } from '../worker/messages.ts';

let latest: Status | undefined;

const button = (id: string): HTMLButtonElement => element(id, HTMLButtonElement);

/** A list item with a text and, where there is something to do, a button. */
const item = (
  text: string,
  act?: { readonly label: string; readonly about: string; readonly run: (pressed: HTMLButtonElement) => void },
): HTMLLIElement => {
  const line = document.createElement('li');
  const words = document.createElement('span');
  words.className = 'cut';
  words.textContent = text;
  line.append(words);
  if (act !== undefined) {
    const pressed = document.createElement('button');
    pressed.className = 'link';
    pressed.type = 'button';
    pressed.textContent = act.label;
    pressed.setAttribute('aria-label', act.about);
    pressed.addEventListener('click', () => act.run(pressed));
    line.append(pressed);
  }
  return line;
};

const includeAgain = async (site: string, pressed: HTMLButtonElement): Promise<void> => {
  await perform(pressed, { ask: 'include', site }, render, () => `${site} is recorded again`);
  element('site', HTMLInputElement).focus();
};

const renderLists = ({ excluded, refused }: Status): void => {
  const sites = excluded.map((site) =>
    item(site, { label: 'Remove', about: `Remove ${site}`, run: (pressed) => void includeAgain(site, pressed) }),
  );
  element('sites', HTMLUListElement).replaceChildren(...sites);
  show('none', excluded.length === 0);
  element('refused', HTMLUListElement).replaceChildren(...refused.map(({ about, message }) => item(`${about}: ${message}`)));
  show('refused-card', refused.length > 0);
};

const dataSays = ({ email, erasing, pending, lastSyncAt }: Status): string => {
  if (email === null) return 'Sign in to export or delete it.';
  if (erasing) return 'Your data is deleted here. The server deletes it as soon as it can be reached.';
  const waiting = pending === 0 ? 'Nothing waits' : `${count(pending, 'record')} ${pending === 1 ? 'waits' : 'wait'}`;
  return `${waiting} to be sent; last sync: ${ago(lastSyncAt, now())}. What was sent is kept here for 30 days.`;
};

const render = (status: Status): void => {
  const isSame = JSON.stringify({ ...status, file: null }) === JSON.stringify({ ...latest, file: null });
  latest = status;
  if (isSame) return;
  const { email, server, paused } = status;
  const isIn = email !== null;
  setText('who', isIn ? `Signed in as ${email}` : 'Nobody is signed in. Press the button of the extension to sign in.');
  button('recording').setAttribute('aria-checked', String(!paused));
  const field = element('server', HTMLInputElement);
  if (document.activeElement !== field) field.value = server;
  field.disabled = isIn;
  button('save').disabled = isIn;
  setText('server-says', isIn ? 'Sign out to choose another server.' : 'Where your history is kept. Only this server ever gets it.');
  setText('data-says', dataSays(status));
  for (const id of ['export', 'delete']) button(id).disabled = !isIn;
  const trouble = troubleOf(status);
  show('trouble', trouble !== null);
  setText('trouble', trouble ?? '');
  renderLists(status);
};

const refresh = async (): Promise<void> => {
  const answer = await ask({ ask: 'status' });
  if (answer.ok) render(answer.value);
  else say(answer.error.message, 'bad');
};

const exportData = async (): Promise<void> => {
  const answer = await perform(button('export'), { ask: 'export' }, render, () => 'The file holds what is kept in this browser');
  if (answer?.ok && answer.value.file !== undefined) download('tidemark-browsing.json', answer.value.file);
};

const onSubmit = (id: string, act: () => Promise<unknown>): void => {
  element(id, HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    void act();
  });
};

onSubmit('exclude', async () => {
  const field = element('site', HTMLInputElement);
  const answer = await perform(button('add'), { ask: 'exclude', site: field.value }, render, () => 'That site is no longer recorded');
  if (answer?.ok) field.value = '';
  field.focus();
});
onSubmit('server-form', () =>
  perform(button('save'), { ask: 'server', url: element('server', HTMLInputElement).value }, render, () => 'The server is saved'),
);
offerPause(() => latest?.paused === true, render);
button('export').addEventListener('click', () => void exportData());
offerDeletion(render);
for (const decision of ['retry', 'discard'] as const) {
  button(decision).addEventListener('click', () => {
    void perform(button(decision), { ask: 'refused', decision }, render, () => (decision === 'retry' ? 'Sent again' : 'Discarded'));
  });
}
onChanged(() => void refresh());
await refresh();
