import type { Status } from '../worker/messages.ts';
import { confirmed, element, perform } from './page.ts';

// What the popup and the options page both offer, by the same ids.

/** The button `delete`: deletes all data once the person has said so twice. */
export const offerDeletion = (render: (status: Status) => void): void => {
  document.body.insertAdjacentHTML(
    'beforeend',
    `<dialog id="delete-dialog" aria-labelledby="delete-title" aria-describedby="delete-text">
       <form method="dialog">
         <h2 id="delete-title">Delete your browsing data?</h2>
         <p id="delete-text">
           Every visit of this account is deleted here and at the server, whichever browser it came from. Another browser keeps its own copy
           until you delete there, too. It cannot be undone.
         </p>
         <div class="row">
           <button value="no" type="submit" autofocus>Cancel</button>
           <button value="yes" type="submit" class="danger">Delete everything</button>
         </div>
       </form>
     </dialog>`,
  );
  const button = element('delete', HTMLButtonElement);
  const act = async (): Promise<void> => {
    if (!(await confirmed('delete-dialog'))) return;
    await perform(button, { ask: 'deleteData' }, render, ({ erasing }) =>
      erasing ? 'Deleted here; the server follows when it answers' : 'Everything is deleted',
    );
  };
  button.addEventListener('click', () => void act());
};

/** The switch `recording`; `isPaused` is as of now. */
export const offerPause = (isPaused: () => boolean, render: (status: Status) => void): void => {
  const button = element('recording', HTMLButtonElement);
  button.addEventListener('click', () => {
    const paused = !isPaused();
    void perform(button, { ask: 'pause', paused }, render, () => (paused ? 'Recording is paused' : 'Recording goes on'));
  });
};
