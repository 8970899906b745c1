/** A live server that takes longer hangs. */
const ANSWER_MS_MAX = 20_000;

/** An answer, or `cut` when the connection ended before it was whole. */
export type Answer<T> = { readonly status: number; readonly body: T } | 'cut';

/** Calls of one user to the sync routes of one server. */
export interface Caller {
  post<T>(route: string, body: unknown): Promise<Answer<T>>;
  get<T>(route: string): Promise<Answer<T>>;
}

const answerOf = async <T>(request: Promise<Response>): Promise<Answer<T>> => {
  try {
    const response = await request;
    const body: T = await response.json();
    return { status: response.status, body };
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'TimeoutError') throw new Error(`No answer within ${ANSWER_MS_MAX} ms.`);
    return 'cut';
  }
};

/** Calls through anything that answers requests to a path: a socket, or an app in this process. */
export const callerBy = (send: (path: string, request: RequestInit) => Promise<Response>, token: string, mount: string): Caller => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const call = <T>(route: string, more: RequestInit): Promise<Answer<T>> =>
    answerOf(send(`${mount}${route}`, { headers, signal: AbortSignal.timeout(ANSWER_MS_MAX), ...more }));
  return {
    post: (route, body) => call(route, { method: 'POST', body: JSON.stringify(body) }),
    get: (route) => call(route, {}),
  };
};

export const callerOf = (url: string, token: string, mount = '/apps/time-tracker'): Caller =>
  callerBy((path, request) => fetch(`${url}${path}`, request), token, mount);

/** The body of an answer that must be there and a success. */
export const success = <T>(answer: Answer<T>): T => {
  if (answer === 'cut') throw new Error('The connection was cut.');
  if (answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
};
