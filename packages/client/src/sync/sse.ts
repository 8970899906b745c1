/** One event of a stream of Server-Sent Events. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
}

/**
 * Answers a function that takes chunks of a stream, cut anywhere, and gives the events that are complete.
 * Source: WHATWG HTML, "Server-sent events", parsing; ids and retry are not used here. Comments (heartbeats) give none.
 */
export const createSseParser = (): ((chunk: string) => SseEvent[]) => {
  let rest = '';
  let event = '';
  let data: string[] = [];
  return (chunk) => {
    const events: SseEvent[] = [];
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) events.push({ event: event || 'message', data: data.join('\n') });
        event = '';
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      const name = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (name === 'event') event = value;
      else if (name === 'data') data.push(value);
    }
    return events;
  };
};
