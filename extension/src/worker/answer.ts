import { ok, type Result, refuse } from '@tidemark/protocol';
import { toExclusion } from '../recorder/exclusions.ts';
import type { Controller } from './controller.ts';
import type { WorkerParts } from './desk.ts';
import type { Answer, Request, Status } from './messages.ts';

/** Whoever signs out does not wait longer than this for the last records to be sent. */
const LAST_SYNC_MS = 5_000;

type Act = (controller: Controller, request: Request, parts: WorkerParts) => Promise<Result<Partial<Status>>>;

const DONE = ok({});

const statusOf = async (controller: Controller): Promise<Status> => {
  const { settings, account, signedIn } = await controller.desk();
  const state = account.state();
  const { owner, server, paused, excluded } = settings;
  const hasSession = state.kind === 'signed in' && state.account.subject === owner?.subject && state.account.issuer === owner.issuer;
  const head = signedIn?.kept.head();
  const refused = (await signedIn?.kept.refused()) ?? [];
  return {
    ...{ email: owner?.email ?? null, hasSession, server, paused, excluded },
    pending: signedIn?.kept.pending() ?? 0,
    refused: refused.map(({ record, error }) => ({ about: String(record.url ?? record.currentUrl ?? ''), message: error.message })),
    syncing: controller.isSyncing(),
    erasing: head?.erasing ?? false,
    lastSyncAt: head?.lastSyncAt ?? null,
    trouble: head?.trouble ?? null,
  };
};

const signIn: Act = async (controller, request) => {
  if (request.ask !== 'signIn' && request.ask !== 'register') return DONE;
  const { account } = await controller.desk();
  const { email, password } = request;
  if (request.ask === 'register') {
    const registered = await account.register({ email, password });
    if (!registered.ok) return registered;
  }
  const entered = await account.login(email, password);
  if (!entered.ok) return entered;
  if (entered.value.kind !== 'signed in') return refuse('UNAUTHENTICATED', 'The server let nobody in.');
  const { issuer, subject } = entered.value.account;
  await controller.change({ owner: { issuer, subject, email } });
  void controller.sync();
  return DONE;
};

/** What was open ends and is sent; then nothing of the person stays here but what could not be sent. */
const signOut: Act = async (controller, _request, { env }) => {
  const { settings, account } = await controller.desk();
  await controller.change({ paused: true });
  const late = new Promise<void>((resolve) => void env.setTimer(LAST_SYNC_MS, resolve));
  await Promise.race([controller.sync(), late]);
  await controller.alone(async ({ signedIn }) => signedIn?.kept.leave());
  // Here it is done before the server is told.
  await Promise.race([account.logout(), late]);
  await controller.change({ owner: null, paused: settings.paused });
  return DONE;
};

const deleteData: Act = async (controller) => {
  await controller.alone(async ({ signedIn }) => signedIn?.kept.erase());
  await controller.lookAgain();
  await controller.sync();
  return DONE;
};

const exclude: Act = async (controller, request) => {
  if (request.ask !== 'exclude') return DONE;
  const site = toExclusion(request.site);
  if (site === undefined) return refuse('VALIDATION_FAILED', 'Enter a site such as example.com or example.com/private.');
  const { excluded } = (await controller.desk()).settings;
  if (!excluded.includes(site)) await controller.change({ excluded: [...excluded, site].sort() });
  return DONE;
};

const setServer: Act = async (controller, request) => {
  if (request.ask !== 'server') return DONE;
  const { settings } = await controller.desk();
  if (settings.owner !== null) return refuse('BAD_REQUEST', 'Sign out before you choose another server.');
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    return refuse('VALIDATION_FAILED', 'Enter an address such as https://sync.example.com/apps/browsing.');
  await controller.change({ server: url.href.replace(/\/+$/, '') });
  return DONE;
};

const ACTS: { readonly [A in Request['ask']]: Act } = {
  status: async () => DONE,
  signIn,
  register: signIn,
  signOut,
  deleteData,
  exclude,
  server: setServer,
  sync: async (controller) => {
    await controller.sync();
    return DONE;
  },
  export: async (controller) => {
    const file = await controller.alone(async ({ signedIn }) => signedIn?.kept.exported());
    return ok(file === undefined ? {} : { file: { ...file } });
  },
  pause: async (controller, request) => {
    if (request.ask === 'pause') await controller.change({ paused: request.paused });
    return DONE;
  },
  include: async (controller, request) => {
    if (request.ask !== 'include') return DONE;
    const { excluded } = (await controller.desk()).settings;
    await controller.change({ excluded: excluded.filter((site) => site !== request.site) });
    return DONE;
  },
  refused: async (controller, request) => {
    if (request.ask !== 'refused') return DONE;
    await controller.alone(async ({ signedIn }) => signedIn?.kept.decideRefused(request.decision));
    if (request.decision === 'retry') await controller.sync();
    return DONE;
  },
};

/** Does what a page asks for and answers how things stand then. */
export const answer = async (controller: Controller, request: Request, parts: WorkerParts): Promise<Answer> => {
  try {
    const acted = await ACTS[request.ask](controller, request, parts);
    if (!acted.ok) return acted;
    if (request.ask !== 'status') await controller.changed();
    return ok({ ...(await statusOf(controller)), ...acted.value });
  } catch (fault) {
    return refuse('STORAGE_FULL', `This browser's store failed: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
};
