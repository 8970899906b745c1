import { createCollection } from '@tanstack/db';
import { QueryClient } from '@tanstack/query-core'; // or '@tanstack/react-query'
import type { Client } from '@tidemark/client';
import { addAxiosAuth, refusalOf } from '@tidemark/client/axios';
import { tidemarkCollectionOptions } from '@tidemark/client/tanstack-db';
import { tidemarkQueries } from '@tidemark/client/tanstack-query';
import axios from 'axios';
import { app } from './notes.ts';

const { notes } = app.collections;

export const adapt = (client: Client<typeof app.collections>, server: string, token: () => string) => {
  // TanStack DB: every record as a row; writes go through the client.
  const rows = createCollection(tidemarkCollectionOptions({ client, collection: notes }));

  // TanStack Query: answers in its cache that follow the client; `useQuery(queries.list(notes, …))` in a component.
  const queryClient = new QueryClient();
  const queries = tidemarkQueries(client, queryClient);
  const titles = async () => (await queryClient.fetchQuery(queries.list(notes, { orderBy: [['title', 'asc']] }))).map(({ title }) => title);
  const pull = () => queryClient.fetchQuery(queries.pull());

  // axios: for what an app asks of the server itself. `token` is what `openClient` takes.
  const api = axios.create({ baseURL: `${server}/apps/notes` });
  addAxiosAuth(api, token);
  const head = async (): Promise<number> => {
    try {
      return (await api.post('/sync/pull', { clientId: 'a-report', limit: 1 })).data.latestVersion;
    } catch (fault) {
      const { code, message } = refusalOf(fault); // of the catalogue; UNAVAILABLE without an answer
      throw new Error(`${code}: ${message}`);
    }
  };

  const close = async (): Promise<void> => {
    queries.close();
    queryClient.clear();
    await rows.cleanup();
  };
  return { rows, titles, pull, head, close };
};
