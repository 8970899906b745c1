import { browserEnv, openIndexedDbStore } from '@tidemark/client';
import { createChromeBrowser, createChromeTokens, hearChrome } from '../platform/chrome-browser.ts';
import { answer } from './answer.ts';
import { createController } from './controller.ts';
import type { WorkerParts } from './desk.ts';

const parts: WorkerParts = {
  env: browserEnv(),
  browser: createChromeBrowser(),
  tokens: createChromeTokens(),
  openStore: openIndexedDbStore,
};
const controller = createController(parts);

/** What fails here is tried again with the next event; the console of the worker tells why. */
const run = (task: Promise<unknown>): void => void task.catch((fault: unknown) => console.error(fault));

hearChrome({
  event: (event) => run(controller.hear(event)),
  lookAgain: () => run(controller.lookAgain()),
  sync: () => run(controller.sync()),
  request: (request) => answer(controller, request, parts),
});
run(controller.lookAgain().then(controller.changed));
