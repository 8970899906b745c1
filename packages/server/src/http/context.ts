import type { ErrorCode } from '@tidemark/protocol';
import type { Context, Hono } from 'hono';
import type { AnswerHeaders } from './answer-headers.ts';
import type { Dialect } from './dialect.ts';

/** What the outer middleware leaves for the handlers of a request, and they for its log line. */
export interface HttpEnv {
  /** What is known of the connection beside the request itself; nothing where there is no socket. */
  Bindings: { readonly peerAddress?: string };
  Variables: {
    correlationId: string;
    /** The route's pattern under its mount, for logs and metrics; absent where nothing matched. */
    route: string;
    /** The name of the app whose mount answered. */
    app: string;
    /** The code of the refusal that was answered. */
    code: ErrorCode;
    /** Why a credential was refused, for the log. Never a part of it. */
    reason: string;
    /** The headers of the answer to be, and the answer that was made with them. */
    headers: AnswerHeaders | undefined;
    answer: Response;
    /** How the app whose own route answers words a refusal. */
    dialect: Dialect;
  };
}

export type HttpContext = Context<HttpEnv>;
export type HttpApp = Hono<HttpEnv>;
