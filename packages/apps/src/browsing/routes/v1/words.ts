import { type JsonObject, statusOf } from '@tidemark/protocol';
import type { Dialect, ErrorWords } from '@tidemark/server/rest';
import * as z from 'zod';

const detailsOf = (details: JsonObject | undefined): { readonly errors?: JsonObject[string] } => {
  const errors = details?.rejected ?? details?.issues;
  return errors === undefined ? {} : { errors };
};

/** Refusals as the extension reads them: `{ success: false, message, error, errors? }`. */
const dialect: Dialect = {
  name: (code) => {
    const status = statusOf(code);
    return { code, status: status === 422 ? 400 : status };
  },
  body: ({ code, message, details }) => ({ success: false, message, error: code, ...detailsOf(details) }),
};

export const v1Words: ErrorWords = {
  dialect,
  schema: z
    .object({
      success: z.literal(false),
      message: z.string(),
      error: z.string().describe('Stable; the message may change'),
      errors: z.array(z.unknown()).optional().describe('Each place, or each record, that is wrong'),
    })
    .meta({ id: 'V1Error' }),
};
