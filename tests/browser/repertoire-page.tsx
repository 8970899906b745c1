import {
  configurationOf,
  createAuthenticationService,
  type GoogleSignIn,
  openSyncService,
  type PieceContent,
  type SyncService,
} from '@tidemark/apps/repertoire/client';
import { ProfileScreen, RepertoireScreen } from '@tidemark/apps/repertoire/client/react';
import { browserEnv } from '@tidemark/client';
import { useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';

// A page with the repertoire and the profile of one person, each with the sync status atop. Tests call it by `repertoirePage`; Google's
// sign-in is taken by a development token.

let service: SyncService | undefined;

const Repertoire = ({ of }: { readonly of: SyncService }) => {
  const text = useSyncExternalStore(of.onChange, () => JSON.stringify(of.pieces.fetchAll()));
  return <RepertoireScreen service={of} pieces={JSON.parse(text)} />;
};

const open = async (url: string, token: string): Promise<void> => {
  const configuration = configurationOf('test', url);
  if (!configuration.ok) throw new Error(configuration.error.message);
  const google: GoogleSignIn = { signIn: async () => token, refresh: async () => token, signOut: async () => undefined };
  const authentication = createAuthenticationService({ google, url, env: browserEnv() });
  const user = await authentication.signIn();
  if (!user.ok) throw new Error(user.error.message);
  const opened = openSyncService({ configuration: configuration.value, authentication, userId: user.value.id, storage: localStorage });
  service = opened;
  opened.start();
  const nothing = (): void => undefined;
  createRoot(document.body.appendChild(document.createElement('div'))).render(
    <>
      <Repertoire of={opened} />
      <ProfileScreen service={opened} user={user.value} onSignIn={nothing} onSignOut={nothing} />
    </>,
  );
};

const save = (content: PieceContent): boolean => service?.pieces.save(content).ok === true;

Object.assign(globalThis, { repertoirePage: { open, save } });
