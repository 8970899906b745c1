import { ask } from '../platform/chrome-pages.ts';
import type { Answer, Request, Status } from '../worker/messages.ts';

/** The element of this id, which the page surely has. */
export const element = <E extends HTMLElement>(id: string, kind: new () => E): E => {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`There is no ${kind.name} #${id}`);
  return found;
};

export const setText = (id: string, text: string): void => {
  const found = element(id, HTMLElement);
  // Live regions speak at each change, also to the same words.
  if (found.textContent !== text) found.textContent = text;
};

export const show = (id: string, isShown: boolean): void => {
  element(id, HTMLElement).hidden = !isShown;
};

/** Says something to whoever looks and to whoever listens. */
export const say = (text: string, tone: 'good' | 'bad' = 'good'): void => {
  const line = element('said', HTMLElement);
  line.dataset.tone = tone;
  line.textContent = text;
};

/** Asks the worker while the button is busy, shows what it answers, and says how it went. Undefined: the button was busy already. */
export const perform = async (
  button: HTMLButtonElement,
  request: Request,
  render: (status: Status) => void,
  done: (status: Status) => string,
): Promise<Answer | undefined> => {
  // A disabled button would lose the keyboard.
  if (button.ariaBusy === 'true') return undefined;
  button.ariaBusy = 'true';
  const answer = await ask(request);
  button.ariaBusy = 'false';
  if (answer.ok) render(answer.value);
  say(answer.ok ? done(answer.value) : answer.error.message, answer.ok ? 'good' : 'bad');
  return answer;
};

/** Opens the dialog of this id; resolves with whether the person agreed. Esc and Cancel do not agree. */
export const confirmed = (id: string): Promise<boolean> => {
  const dialog = element(id, HTMLDialogElement);
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true }));
};

/** What went wrong with the last try, in words for people; null: nothing that needs any. */
export const troubleOf = ({ email, hasSession, trouble, erasing }: Status): string | null => {
  if (email === null) return null;
  if (!hasSession) return 'Your session has ended. Sign in again to send what was recorded.';
  if (trouble === null) return null;
  if (trouble.code === 'UNAVAILABLE') {
    return erasing
      ? 'The server cannot be reached. Your data is deleted here, and there as soon as it answers.'
      : 'The server cannot be reached. Everything is kept here until it answers.';
  }
  return trouble.message;
};
