import { isJsonObject, type Json, type JsonObject } from '@tidemark/protocol';
import { html } from 'hono/html';
import { type HtmlPage, htmlPage } from '../http/html-page.ts';

type Html = ReturnType<typeof html>;

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
const asList = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b2733;background:#fff}
code,pre{font:14px/1.45 ui-monospace,monospace}
pre{background:#f3f5f7;padding:.75rem;overflow:auto}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #dde3e8}
summary{cursor:pointer;padding:.5rem 0}
summary b{display:inline-block;min-width:4.5rem}
h2{margin-top:2.5rem}
@media(prefers-color-scheme:dark){body{color:#dbe4ec;background:#11181f}
pre{background:#1b2530}
td,th{border-color:#2a3743}
a{color:#7fb8ff}}`;

/** A schema in a few words: `string, 1 to 200`. */
const inWords = (schema: JsonObject): string => {
  const { $ref, type, enum: values, format, items, anyOf, minLength, maxLength, minimum, maximum, default: preset } = schema;
  if (typeof $ref === 'string') return $ref.split('/').at(-1) ?? '';
  if (anyOf !== undefined) return [...new Set(asList(anyOf).map((one) => inWords(asObject(one))))].join(' or ');
  if (values !== undefined) return asList(values).map(textOf).join(' | ');
  const [low, high] = [minLength ?? minimum, maxLength ?? maximum];
  const range = low === undefined && high === undefined ? '' : `, ${textOf(low ?? 0)} to ${high === undefined ? 'any' : textOf(high)}`;
  const kind = items === undefined ? asWords(type) : `list of ${inWords(asObject(items))}`;
  return `${kind}${format === undefined ? '' : ` (${textOf(format)})`}${range}${preset === undefined ? '' : `, default ${textOf(preset)}`}`;
};
const asWords = (type: Json | undefined): string => (Array.isArray(type) ? type.map(textOf).join(' or ') : textOf(type) || 'anything');

const table = (rows: readonly (readonly [string, boolean, JsonObject, string])[]): Html =>
  html`<table>${rows.map(
    ([name, required, schema, text]) =>
      html`<tr><td><code>${name}</code>${required ? ' *' : ''}</td><td>${inWords(schema)}</td>
<td>${text || textOf(schema.description)}</td></tr>`,
  )}</table>`;

const members = (schema: JsonObject): Html => {
  const required = asList(schema.required);
  const kinds = [...asList(schema.anyOf), ...asList(schema.oneOf)];
  if (kinds.length > 0) return html`${kinds.map((one) => html`<p>either</p>${members(asObject(one))}`)}`;
  const rows = Object.entries(asObject(schema.properties));
  return table(rows.map(([name, one]) => [name, required.includes(name), asObject(one), '']));
};

const schemaIn = (holder: Json | undefined): JsonObject => {
  const [media] = Object.values(asObject(asObject(holder).content));
  return asObject(asObject(media).schema);
};

const endpointSection = (base: string, path: string, method: string, endpoint: JsonObject): Html => {
  const parameters = asList(endpoint.parameters).map(asObject);
  const body = schemaIn(endpoint.requestBody);
  const verb = method.toUpperCase();
  const rows = parameters.map((one): readonly [string, boolean, JsonObject, string] => [
    textOf(one.name),
    one.required === true,
    asObject(one.schema),
    textOf(one.description) || textOf(one.in),
  ]);
  return html`<details id="${textOf(endpoint.operationId)}"><summary><b>${verb}</b> <code>${base}${path}</code> —
${textOf(endpoint.summary)}</summary>
<p>${textOf(endpoint.description)}</p>
${rows.length === 0 ? '' : html`<h4>Parameters</h4>${table(rows)}`}
${Object.keys(body).length === 0 ? '' : html`<h4>Body (JSON)</h4>${members(body)}`}
<h4>Answers</h4><table>${Object.entries(asObject(endpoint.responses)).map(
    ([status, answer]) => html`<tr><td><code>${status}</code></td><td>${textOf(asObject(answer).description)}</td></tr>`,
  )}</table></details>`;
};

/** The spec as a page that needs nothing else: no script, no other file. */
export const docsPage = (spec: object): HtmlPage => {
  const { info, paths, components, servers, tags } = asObject(JSON.parse(JSON.stringify(spec)));
  const { title, description } = asObject(info);
  const server = textOf(asObject(asList(servers)[0]).url);
  const base = server === '/' ? '' : server;
  const endpoints = Object.entries(asObject(paths)).flatMap(([path, methods]) =>
    Object.entries(asObject(methods)).map(([method, one]) => ({ path, method, endpoint: asObject(one) })),
  );
  const body = html`<main><h1>${textOf(title)}</h1><p>${textOf(description)}</p>
<p>The same for programs: <a href="${base}/openapi.json">openapi.json</a>. A star marks what is required.</p>
${asList(tags).map((tag) => {
  const name = textOf(asObject(tag).name);
  const here = endpoints.filter(({ endpoint }) => asList(endpoint.tags).includes(name));
  return html`<h2>${name}</h2>${here.map(({ path, method, endpoint }) => endpointSection(base, path, method, endpoint))}`;
})}
<h2>Schemas</h2>${Object.entries(asObject(asObject(components).schemas)).map(
    ([name, schema]) => html`<h3>${name}</h3>${members(asObject(schema))}`,
  )}</main>`;
  return htmlPage({ title: String(html`${textOf(title)}`), style: STYLE, body: String(body) });
};
