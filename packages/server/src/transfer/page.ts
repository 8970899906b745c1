import { htmlPage } from '../http/html-page.ts';

const STYLE = `:root{color-scheme:light dark;--line:#767680;--soft:#f1f3f6;--main:#1f4fd8;--bad:#a4121f}
body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere;
color:#1b1b1f;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin:0 0 .5rem}
section{border-top:1px solid var(--line);padding:1rem 0}
label{display:block;margin:.25rem 0}
input,button{font:inherit;padding:.45rem .8rem;border-radius:.4rem;border:1px solid var(--line);box-sizing:border-box}
fieldset{min-width:0;margin:1rem 0 0;border:1px solid var(--line);border-radius:.4rem}
input[type=file]{max-width:100%}
input:not([type=radio]):not([type=file]){width:100%;margin-bottom:.5rem}
button{background:var(--main);border-color:var(--main);color:#fff;cursor:pointer;margin:.5rem .5rem 0 0}
button:disabled{background:transparent;color:inherit;opacity:.6;cursor:not-allowed}
button.plain{background:transparent;color:inherit;border-color:var(--line)}
:focus-visible{outline:3px solid #6f93ff;outline-offset:2px}
#drop{border:2px dashed var(--line);border-radius:.6rem;padding:1.25rem;background:var(--soft)}
#drop.over{border-color:var(--main)}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
caption{text-align:left;font-weight:600}
td,th{text-align:left;padding:.2rem .75rem .2rem 0;border-bottom:1px solid var(--line)}
td:last-child{text-align:right;font-variant-numeric:tabular-nums}
.bad{color:var(--bad)}
@media(prefers-color-scheme:dark){:root{--soft:#22242b;--bad:#ff9c9c;--main:#3560e6}body{color:#e8e8ee;background:#16161a}}`;

const BODY = `<main><h1>Import and export</h1>
<section aria-labelledby="who"><h2 id="who">1. Whose records</h2>
<form id="sign-in"><label>E-mail<input id="email" type="email" autocomplete="username"></label>
<label>Password<input id="password" type="password" autocomplete="current-password"></label><button class="plain">Sign in</button></form>
<label>or an access token or API key<input id="token" type="password" autocomplete="off"></label><p id="signed" role="status"></p></section>
<section aria-labelledby="what"><h2 id="what">2. What to bring in</h2>
<div id="drop"><label for="file">Drop a file here, or choose one</label><input id="file" type="file"></div>
<fieldset><legend>What is here already</legend>
<label><input type="radio" name="mode" value="merge" checked> stays, and is merged with the file</label>
<label><input type="radio" name="mode" value="replace"> goes, where the file does not have it</label></fieldset>
<button id="check" disabled>Check the file</button><button id="import" disabled>Import</button></section>
<section aria-labelledby="said"><h2 id="said">3. Report</h2><div id="report" role="status" aria-live="polite">
<p>Nothing is stored before you have seen the report and pressed Import.</p></div></section>
<section aria-labelledby="out"><h2 id="out">Take everything out</h2>
<p>One file with all records and a checksum; it goes in again here, or on another server.</p>
<button id="export" class="plain">Export</button></section></main>`;

// Runs in browsers as it is. Texts from answers go into the page as text, never as HTML.
const SCRIPT = `'use strict';
const at = (id) => document.getElementById(id);
const base = location.pathname.replace(/\\/import$/, '');
let file = null, token = '';
const auth = () => {
  const given = at('token').value.trim() || token;
  return given === '' ? {} : { Authorization: 'Bearer ' + given };
};
const show = (...nodes) => at('report').replaceChildren(...nodes);
const line = (text, bad) => { const p = document.createElement('p'); p.textContent = text; if (bad) p.className = 'bad'; return p; };
const list = (texts) => {
  const ul = document.createElement('ul');
  for (const text of texts) { const li = document.createElement('li'); li.textContent = text; ul.append(li); }
  return ul;
};
const table = (title, rows) => {
  const made = document.createElement('table');
  made.createCaption().textContent = title;
  for (const cells of rows) { const row = made.insertRow(); for (const text of cells) row.insertCell().textContent = text; }
  return made;
};
const refusal = async (response) => {
  const { error = {} } = await response.json().catch(() => ({}));
  const issues = (error.details && error.details.issues) || [];
  show(line((error.message || 'The server answered ' + response.status) + ' (' + (error.code || response.status) + ')', true),
    list(issues.map((issue) => issue.path + ': ' + issue.message)));
};
const NAMES = { written: 'new or changed', merged: 'merged', conflict: 'with a conflict to look at', unchanged: 'the same already',
  known: 'known from this file', deleted: 'deleted' };
const send = async (dryRun) => {
  at('check').disabled = at('import').disabled = true;
  show(line(dryRun ? 'Checking …' : 'Importing …'));
  try {
    const mode = document.querySelector('input[name=mode]:checked').value;
    const type = file.name.endsWith('.jsonl') ? 'application/x-ndjson' : 'application/json';
    const response = await fetch(base + '/import?mode=' + mode + '&dryRun=' + dryRun,
      { method: 'POST', headers: { ...auth(), 'Content-Type': type }, body: file });
    if (!response.ok) return await refusal(response);
    const said = await response.json();
    const counts = Object.entries(NAMES).filter(([name]) => said[name] > 0).map(([name, words]) => [words, said[name]]);
    const what = dryRun ? 'The file is sound. Importing it would bring ' : 'Imported ';
    show(line(what + said.records + ' records:'),
      table('What becomes of them', counts), table('By collection', Object.entries(said.collections)), list(said.notes));
    at('import').disabled = !dryRun;
    if (dryRun) at('import').focus();
  } catch (fault) {
    show(line('No answer came: ' + fault.message + '. Nothing is known to be stored; check again.', true));
  } finally {
    at('check').disabled = file === null;
  }
};
const take = (chosen) => {
  file = chosen || null;
  at('check').disabled = file === null;
  at('import').disabled = true;
  show(line(file === null ? 'No file is chosen.' : file.name + ', ' + file.size + ' bytes. Check it next.'));
};
at('file').addEventListener('change', (event) => take(event.target.files[0]));
for (const radio of document.getElementsByName('mode')) radio.addEventListener('change', () => { at('import').disabled = true; });
at('drop').addEventListener('dragover', (event) => { event.preventDefault(); at('drop').className = 'over'; });
at('drop').addEventListener('dragleave', () => { at('drop').className = ''; });
at('drop').addEventListener('drop', (event) => { event.preventDefault(); at('drop').className = ''; take(event.dataTransfer.files[0]); });
at('check').addEventListener('click', () => send(true));
at('import').addEventListener('click', () => send(false));
at('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ email: at('email').value, password: at('password').value });
  const asked = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body };
  const response = await fetch(base + '/auth/login', asked).catch(() => null);
  if (response === null || !response.ok) { at('signed').textContent = 'That did not work: look at address and password.'; return; }
  const { accessToken, user } = await response.json();
  token = accessToken;
  at('password').value = '';
  at('signed').textContent = 'Signed in as ' + user.email + '.';
});
at('export').addEventListener('click', async () => {
  show(line('Exporting …'));
  const response = await fetch(base + '/export', { headers: auth() }).catch(() => null);
  if (response === null) return show(line('No answer came.', true));
  if (!response.ok) return refusal(response);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = (/filename="([^"]+)"/.exec(response.headers.get('Content-Disposition') || '') || [])[1] || 'export.jsonl';
  link.click();
  URL.revokeObjectURL(link.href);
  show(line('The file is saved as ' + link.download + '.'));
});`;

/** `GET /import`: the page on which a person brings a file in, sees the report first, and takes everything out. */
export const TRANSFER_PAGE = htmlPage({ title: 'Import and export', style: STYLE, body: BODY, script: SCRIPT });
