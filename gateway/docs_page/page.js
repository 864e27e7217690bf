// The documentation of the HTTP interface, made from /openapi.json. Text only ever becomes text, never markup.

const MADE_UP = { string: 'text', integer: 1, number: 1, boolean: true, array: [], object: {}, null: null };

/** An element with these properties and children; strings become text. */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** The schema itself where a reference stands. */
function resolved(schema, all) {
  if (!schema) return {};
  return schema.$ref ? resolved(all.components.schemas[schema.$ref.split('/').pop()], all) : schema;
}

/** What a value may be, in a few words. */
function kind(schema, all) {
  const one = resolved(schema, all);
  if (one.anyOf) return [...new Set(one.anyOf.map((part) => kind(part, all)))].join(' or ');
  if (one.enum) return one.enum.map((value) => JSON.stringify(value)).join(', ');
  if (one.const !== undefined) return JSON.stringify(one.const);
  if (one.type === 'array') return `list of ${kind(one.items, all)}`;
  return one.format ? `${one.type}, ${one.format}` : one.type || 'any';
}

/** The limits of a value: "1 to 500", "at most 100 characters", a pattern. */
function limits(schema, all) {
  const one = resolved(schema, all);
  const parts = (one.anyOf || []).map((part) => limits(part, all)).filter(Boolean);
  if (one.minimum !== undefined && one.maximum !== undefined) parts.push(`${one.minimum} to ${one.maximum}`);
  else if (one.minimum !== undefined) parts.push(`from ${one.minimum}`);
  if (one.maxLength !== undefined) parts.push(`at most ${one.maxLength} characters`);
  if (one.maxItems !== undefined) parts.push(`at most ${one.maxItems} items`);
  if (one.pattern) parts.push(one.pattern);
  if (one.default !== undefined && one.default !== null) parts.push(`default ${JSON.stringify(one.default)}`);
  return parts.join('; ');
}

/** A value that fits: the schema's own example, or one with what is required. */
function example(schema, all) {
  const one = resolved(schema, all);
  if (one.examples && one.examples.length) return one.examples[0];
  if (one.default !== undefined && one.default !== null) return one.default;
  if (one.enum) return one.enum[0];
  if (one.anyOf) return example(one.anyOf[0], all);
  if (one.type === 'array') return one.minItems ? [example(one.items, all)] : [];
  if (one.properties) {
    const names = one.required && one.required.length ? one.required : Object.keys(one.properties).slice(0, 3);
    return Object.fromEntries(names.map((name) => [name, example(one.properties[name], all)]));
  }
  return one.type in MADE_UP ? MADE_UP[one.type] : null;
}

/** A table with a head. */
function table(head, rows) {
  const cells = (row, tag) => make('tr', {}, ...row.map((cell) => make(tag, {}, cell)));
  return make('table', {}, make('thead', {}, cells(head, 'th')), make('tbody', {}, ...rows.map((row) => cells(row, 'td'))));
}

/** Fields of a body or an answer. */
function fields(schema, all) {
  const one = resolved(schema, all);
  const names = Object.keys(one.properties || {});
  if (!names.length) return null;
  const required = one.required || [];
  return table(['field', 'is', ''], names.map((name) => {
    const field = one.properties[name];
    const said = [field.description, limits(field, all)].filter(Boolean).join('. ');
    return [make('code', {}, name + (required.includes(name) ? ' *' : '')), kind(field, all), said];
  }));
}

/** Text for a shell, whatever is in it. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** How to call a route from a shell. */
function curl(method, path, operation, body) {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => {
    const parameter = (operation.parameters || []).find((one) => one.in === 'path' && one.name === name);
    return (parameter && parameter.schema.examples && parameter.schema.examples[0]) || name.toUpperCase();
  });
  const words = ['curl'];
  if (method !== 'GET') words.push(`-X${method}`);
  words.push(quoted(location.origin + filled));
  if (body !== undefined) words.push("-H 'content-type: application/json'", `-d ${quoted(JSON.stringify(body))}`);
  return words.join(' ');
}

/** A line of shell that can be copied. */
function command(text) {
  const button = make('button', { type: 'button' }, 'copy');
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = 'copied';
  });
  return make('div', {}, make('pre', {}, text), button);
}

/** One route. */
function route(path, method, operation, all) {
  const media = operation.requestBody && operation.requestBody.content['application/json'];
  const body = media && (media.example !== undefined ? media.example : example(media.schema, all));
  const said = (operation.description || operation.summary || '').split('\n');
  const parts = said.slice(1).join('\n').trim() ? [make('p', {}, said.slice(1).join('\n').trim())] : [];
  const parameters = operation.parameters || [];
  if (parameters.length) {
    parts.push(make('h3', {}, 'Parameters'), table(['name', 'in', 'is', ''], parameters.map((one) => [
      make('code', {}, one.name + (one.required ? ' *' : '')), one.in, kind(one.schema, all),
      [one.description, limits(one.schema, all)].filter(Boolean).join('. '),
    ])));
  }
  const taken = media && fields(media.schema, all);
  if (taken) parts.push(make('h3', {}, 'Body'), taken);
  parts.push(make('h3', {}, 'Try it'), command(curl(method, path, operation, media ? body : undefined)));
  parts.push(make('h3', {}, 'Answers'));
  for (const [status, answer] of Object.entries(operation.responses)) {
    const shape = answer.content && answer.content['application/json'];
    const shown = status < 400 && shape && fields(shape.schema, all);
    parts.push(make('p', {}, make('code', {}, status), ` ${answer.description}`), ...(shown ? [shown] : []));
  }
  const gist = make('span', { className: 'gist' }, said[0]);
  const head = make('summary', {}, make('span', { className: `method ${method}` }, method), make('code', {}, path), gist);
  const element = make('details', { id: `${method}${path}` }, head, ...parts);
  element.dataset.words = `${method} ${path} ${operation.description || ''} ${parameters.map((one) => one.name).join(' ')}`.toLowerCase();
  return element;
}

/** Shows only routes that have all the words, and sections that have routes. */
function filter(words) {
  for (const section of document.querySelectorAll('section')) {
    for (const one of section.querySelectorAll('details')) {
      one.hidden = !words.every((word) => one.dataset.words.includes(word));
    }
    section.hidden = !section.querySelector('details:not([hidden])');
  }
}

/** The whole page. */
async function show() {
  const main = document.getElementById('routes');
  const answer = await fetch('/openapi.json');
  if (!answer.ok) throw new Error(`/openapi.json was answered ${answer.status}`);
  const all = await answer.json();
  document.getElementById('version').textContent = all.info.version;
  document.getElementById('summary').textContent = all.info.summary || '';
  const sections = new Map();
  for (const [path, methods] of Object.entries(all.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = (operation.tags || ['other'])[0];
      if (!sections.has(tag)) sections.set(tag, make('section', {}, make('h2', {}, tag)));
      sections.get(tag).append(route(path, method.toUpperCase(), operation, all));
    }
  }
  main.replaceChildren(...sections.values());
  const input = document.getElementById('filter');
  input.addEventListener('input', () => filter(input.value.toLowerCase().split(/\s+/)));
  const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (wanted) {
    wanted.open = true;
    wanted.scrollIntoView();
  }
}

show().catch((error) => {
  document.getElementById('routes').replaceChildren(make('p', {}, `The schema cannot be shown: ${error.message}`));
});
