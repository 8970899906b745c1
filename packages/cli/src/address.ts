import { InvalidArgumentError, Option } from 'commander';

const DEFAULT_PORT = 8787;

const parsePort = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('Give a whole number from 0 (any free port) to 65535.');
  return port;
};

export const portOption = (): Option =>
  new Option('--port <number>', 'port to listen on; 0 takes any free one').env('PORT').argParser(parsePort).default(DEFAULT_PORT);

export const hostOption = (): Option => new Option('--host <address>', 'address to listen on').default('127.0.0.1');

/** The address that a browser on this machine opens. */
export const addressOf = (host: string, port: number): string => {
  const name = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host) ? 'localhost' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
};
