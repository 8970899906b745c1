/** Reads a text over HTTP; undefined when there is none to be had (no answer in time, not 200, a redirect, too long). */
export type HttpGet = (url: string, limits: { readonly timeoutMs: number; readonly bytesMax: number }) => Promise<string | undefined>;

/** The real network. Redirects are not followed: only addresses of the configuration are ever asked. */
export const httpGet: HttpGet = async (url, { timeoutMs, bytesMax }) => {
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs), headers: { Accept: 'application/json' } });
    if (answer.status !== 200 || answer.body === null) {
      await answer.body?.cancel();
      return undefined;
    }
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      if (bytes > bytesMax) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch {
    return undefined;
  }
};
