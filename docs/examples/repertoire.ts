import { configurationOf, createAuthenticationService, type GoogleSignIn, openSyncService } from '@tidemark/apps/repertoire/client';
import { browserEnv } from '@tidemark/client';
import type { KeptText } from '@tidemark/client/upload';

/** Opens the repertoire of whoever signs in, and adds a first song; `storage` is the page's localStorage. */
export const openRepertoire = async (server: string, google: GoogleSignIn, storage: KeptText) => {
  const configuration = configurationOf('production', `${server}/apps/repertoire`);
  if (!configuration.ok) throw new Error(configuration.error.message);
  const authentication = createAuthenticationService({ google, url: configuration.value.url, env: browserEnv() });
  const user = await authentication.signIn();
  if (!user.ok) throw new Error(user.error.message);
  const service = openSyncService({ configuration: configuration.value, authentication, userId: user.value.id, storage });
  service.pieces.save({ title: 'Oli Aloha', category: 'oli', lyrics: 'Onaona i ka hala', includeInPractice: true, isFavorite: false });
  service.start(); // syncs now, after each edit, and every 5 minutes
  return service;
};
