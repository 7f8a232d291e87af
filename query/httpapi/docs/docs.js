// The contract to read and to try: everything shown here comes from /api/v1/openapi.json of
// the same server. Nothing is asked of any other host, and texts are never taken for HTML.
const words = {
  vi: {
    about: 'Mọi địa chỉ của máy chủ này, đọc từ hợp đồng OpenAPI của chính nó. Điền tham số rồi bấm “Hỏi thử”.',
    contents: 'Mục lục', token: 'Mã truy cập', language: 'Ngôn ngữ', parameters: 'Tham số', name: 'Tên', meaning: 'Ý nghĩa', value: 'Giá trị',
    ask: 'Hỏi thử', answer: 'Câu trả lời', address: 'Địa chỉ', fields: 'Các trường của dữ liệu', type: 'Kiểu', required: 'bắt buộc', example: 'Ví dụ', body: 'Nội dung gửi',
    roles: 'Ai được dùng', anyone: 'mọi người', cache: 'Bộ nhớ đệm', failed: 'Không hỏi được máy chủ', tooLong: '… (còn nữa)', file: 'Tệp nhị phân', sure: 'Gửi',
  },
  en: {
    about: 'Every address of this server, read from its own OpenAPI contract. Fill in parameters and press “Try it”.',
    contents: 'Contents', token: 'Access token', language: 'Language', parameters: 'Parameters', name: 'Name', meaning: 'Meaning', value: 'Value',
    ask: 'Try it', answer: 'Answer', address: 'Address', fields: 'Fields of the data', type: 'Type', required: 'required', example: 'Example', body: 'Body',
    roles: 'Who may', anyone: 'everybody', cache: 'Cache', failed: 'The server could not be asked', tooLong: '… (there is more)', file: 'A binary file', sure: 'Send',
  },
};

const longestShown = 20000; // characters of an answer
const asked = new URLSearchParams(location.search).get('lang');
const lang = asked in words ? asked : navigator.language.startsWith('en') ? 'en' : 'vi';
const m = words[lang];

/** Makes an element; children that are texts stay texts. */
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter((c) => c !== undefined && c !== null));
  return made;
}

function resolved(contract, schema) {
  const name = schema?.$ref?.split('/').pop();
  return name ? contract.components.schemas[name] : schema;
}

function typeWords(schema) {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (schema.enum) return schema.enum.join(' | ');
  if (schema.anyOf) return schema.anyOf.map(typeWords).join(' | ');
  if (schema.type === 'array') return typeWords(schema.items) + '[]';
  return [].concat(schema.type ?? 'object').join(' | ');
}

function fieldTable(contract, operation) {
  const envelope = resolved(contract, operation.responses['200']?.content?.['application/json']?.schema);
  const data = envelope?.properties?.data;
  const row = resolved(contract, data?.type === 'array' ? data.items : data);
  if (!row?.properties) return undefined;
  const rows = Object.entries(row.properties).map(([name, schema]) =>
    el('tr', {}, el('td', {}, name), el('td', {}, typeWords(schema)), el('td', {}, schema.description ?? resolved(contract, schema)?.description ?? '')),
  );
  const head = el('tr', {}, el('th', { scope: 'col' }, m.name), el('th', { scope: 'col' }, m.type), el('th', { scope: 'col' }, m.meaning));
  return el('details', {}, el('summary', {}, m.fields), row.description ? el('p', { class: 'note' }, row.description) : undefined, el('table', {}, el('thead', {}, head), el('tbody', {}, ...rows)));
}

function parameterRow(id, p) {
  const name = `${id}-${p.name}`;
  const hint = p.example === undefined ? undefined : String(p.example);
  const choices = p.schema?.enum;
  const field = choices
    ? el('select', { id: name, name: p.name, 'data-in': p.in }, el('option', { value: '' }, ''), ...choices.map((c) => el('option', { value: c }, c)))
    : el('input', { id: name, name: p.name, 'data-in': p.in, placeholder: hint, value: p.in === 'path' ? hint : undefined, required: p.required });
  const label = el('label', { for: name }, p.name, p.required ? ` (${m.required})` : '');
  return el('tr', {}, el('td', {}, label), el('td', {}, field), el('td', {}, p.description ?? ''));
}

/** The address and headers that a form describes. */
function requestOf(path, form) {
  const query = new URLSearchParams();
  const headers = { 'Accept-Language': lang };
  const token = document.getElementById('token').value.trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  let address = path;
  for (const field of form.querySelectorAll('[data-in]')) {
    if (field.value === '') continue;
    if (field.dataset.in === 'path') address = address.replace(`{${field.name}}`, encodeURIComponent(field.value));
    if (field.dataset.in === 'query') query.append(field.name, field.value);
    if (field.dataset.in === 'header') headers[field.name] = field.value;
  }
  const search = query.toString();
  return { address: search ? `${address}?${search}` : address, headers };
}

async function textOf(response) {
  const type = response.headers.get('Content-Type') ?? '';
  if (!/json|text|xml/.test(type)) return `${m.file}: ${type}, ${(await response.blob()).size} B`;
  let text = await response.text();
  if (/json/.test(type) && !/ndjson/.test(type) && text) text = JSON.stringify(JSON.parse(text), null, 2);
  return text.length > longestShown ? text.slice(0, longestShown) + m.tooLong : text;
}

async function ask(method, path, form, out) {
  const { address, headers } = requestOf(path, form);
  const body = form.querySelector('textarea')?.value;
  if (body !== undefined) headers['Content-Type'] = form.dataset.media;
  out.replaceChildren(el('h3', {}, m.address), el('pre', { tabindex: '0' }, `${method} ${location.origin}${address}`));
  try {
    const response = await fetch(address, { method, headers, body, credentials: 'same-origin' });
    const text = await textOf(response);
    out.append(el('h3', {}, `${m.answer}: ${response.status}`), el('pre', { tabindex: '0' }, text));
  } catch (error) {
    out.append(el('p', { role: 'alert' }, `${m.failed}: ${error.message}`));
  }
}

function bodyField(operation, form) {
  const content = operation.requestBody?.content;
  if (!content) return undefined;
  const [media, about] = Object.entries(content)[0];
  form.dataset.media = media;
  const sample = about.example ?? Object.values(about.examples ?? {})[0]?.value ?? '';
  const area = el('textarea', { 'aria-label': m.body, spellcheck: 'false' });
  area.value = typeof sample === 'string' ? sample : JSON.stringify(sample, null, 2);
  return el('div', {}, el('h3', {}, `${m.body} (${media})`), area);
}

function section(contract, path, method, operation) {
  const id = operation.operationId;
  const upper = method.toUpperCase();
  const form = el('form', { autocomplete: 'off' });
  const out = el('div', { 'aria-live': 'polite' });
  if (operation.parameters?.length) {
    const head = el('tr', {}, ...[m.name, m.value, m.meaning].map((w) => el('th', { scope: 'col' }, w)));
    form.append(el('h3', {}, m.parameters), el('table', {}, el('thead', {}, head), el('tbody', {}, ...operation.parameters.map((p) => parameterRow(id, p)))));
  }
  form.append(...[bodyField(operation, form)].filter(Boolean));
  if (id !== 'events') form.append(el('p', {}, el('button', { type: 'submit' }, upper === 'GET' ? m.ask : m.sure)));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    ask(upper, path, form, out);
  });
  const roles = (operation['x-roles'] ?? [m.anyone]).join(', ');
  return el('section', { id, 'aria-labelledby': `${id}-title` },
    el('h2', { id: `${id}-title` }, el('span', { class: 'method' }, upper), ' ', path),
    el('p', { class: 'note' }, operation.summary ?? ''),
    el('p', { class: 'note tags' }, `${m.roles}: ${roles} · ${m.cache}: ${operation['x-cache'] ?? ''}`),
    form, out, fieldTable(contract, operation));
}

function settings() {
  const token = el('input', { id: 'token', type: 'password', autocomplete: 'off' });
  const choose = el('select', { id: 'language' }, ...['vi', 'en'].map((l) => el('option', { value: l, selected: l === lang }, l)));
  choose.addEventListener('change', () => location.assign(`/docs?lang=${choose.value}`));
  const form = document.getElementById('settings');
  form.append(el('label', { for: 'token' }, m.token), token, ' ', el('label', { for: 'language' }, m.language), choose);
  form.addEventListener('submit', (event) => event.preventDefault());
}

async function show() {
  document.documentElement.lang = lang;
  document.getElementById('about').textContent = m.about;
  settings();
  const main = document.getElementById('operations');
  try {
    const contract = await (await fetch('/api/v1/openapi.json')).json();
    const list = el('ol');
    for (const [path, methods] of Object.entries(contract.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        main.append(section(contract, path, method, operation));
        list.append(el('li', {}, el('a', { href: `#${operation.operationId}` }, `${method.toUpperCase()} ${path.replace('/api/v1', '')}`)));
      }
    }
    document.getElementById('contents').append(el('h3', { id: 'contents-title' }, m.contents), list);
    if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  } catch (error) {
    main.append(el('p', { role: 'alert' }, `${m.failed}: ${error.message}`));
  }
}

show();
