import { faultText, isJsonObject, type Refusal } from '@tidemark/protocol';
import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios';
import type { ClientOptions } from '../client.ts';
import { errorOf } from '../sync/calls.ts';

/** What went wrong with a request, as the catalogue of errors tells it. `status` 0: no answer came. */
export type AxiosRefusal = Refusal & { readonly status: number; readonly correlationId?: string };

/** The refusal in what axios threw: the server's where it sent one, else what follows from the status; UNAVAILABLE without an answer. */
export const refusalOf = (fault: unknown): AxiosRefusal => {
  const response: unknown = Object(fault).response;
  const { status, data } = Object(response);
  if (typeof status !== 'number') return { code: 'UNAVAILABLE', message: `No answer: ${faultText(fault)}`, status: 0 };
  const body = isJsonObject(data) ? data : undefined;
  const { correlationId } = Object(body?.error);
  return { ...errorOf(status, body), status, ...(typeof correlationId === 'string' && { correlationId }) };
};

const RETRIED = 'tidemarkRetried';
const BEARER = 'Bearer ';

type Config = InternalAxiosRequestConfig & { [RETRIED]?: boolean };

const bearerOf = (config: Config): string => String(config.headers.get('Authorization') ?? '').slice(BEARER.length);

/**
 * Sends an account's token with each request of an axios instance, and after a 401 the request once more with another token. However many
 * requests are refused at the same time, one refresh serves them all. `token` is what `openClient` takes: `account.tokenOf(...)`.
 * Without a token requests go out without one. The returned function ends it.
 *
 * Give it an instance for the server of the account only, for every host that the instance calls gets the token.
 */
export const addAxiosAuth = (instance: AxiosInstance, token: ClientOptions['token']): (() => void) => {
  let refreshing: { readonly refused: string; readonly token: Promise<string | null> } | undefined;
  const refresh = (refused: string): Promise<string | null> => {
    // The answer is kept: a 401 that comes late, for the same token, needs no further refresh.
    if (refreshing?.refused !== refused) {
      const asked = Promise.resolve().then(() => token(refused));
      refreshing = { refused, token: asked };
      asked.catch(() => {
        refreshing = undefined;
      });
    }
    return refreshing?.token ?? Promise.resolve(null);
  };
  const onRequest = instance.interceptors.request.use(async (config: Config) => {
    if (config[RETRIED]) return config;
    const bearer = await token();
    if (bearer !== null) config.headers.set('Authorization', BEARER + bearer);
    return config;
  });
  const onResponse = instance.interceptors.response.use(undefined, async (fault: unknown) => {
    const { response, config }: { response?: { status?: number }; config?: Config } = Object(fault);
    if (response?.status !== 401 || config === undefined || config[RETRIED] || bearerOf(config) === '') throw fault;
    const fresh = await refresh(bearerOf(config));
    if (fresh === null) throw fault;
    config.headers.set('Authorization', BEARER + fresh);
    return instance.request(Object.assign(config, { [RETRIED]: true }));
  });
  return () => {
    instance.interceptors.request.eject(onRequest);
    instance.interceptors.response.eject(onResponse);
  };
};
