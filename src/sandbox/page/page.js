/* Everything on this page is built with textContent: what platforms and senders wrote is never read as HTML. */

const KEEP = 200;
/** Groups as the server last told, each with its arrivals by number. */
const groups = new Map();
/** The parts of each group's card that change. */
const cards = new Map();
const dirty = new Set();
let texts = null;
let lang = readLang();
const THEMES = ['system', 'light', 'dark'];
let theme = THEMES.find((known) => known === localStorage.getItem('theme')) ?? 'system';
let live = false;

function readLang() {
  const stored = localStorage.getItem('lang');
  if (stored === 'zh' || stored === 'en') return stored;
  return /^en/i.test(navigator.language) ? 'en' : 'zh';
}

const t = () => texts[lang];

function el(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function button(label, onClick) {
  const element = el('button', '', label);
  element.type = 'button';
  element.addEventListener('click', onClick);
  return element;
}

function drawHead() {
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  document.title = t().title;
  document.getElementById('title').textContent = t().title;
  document.getElementById('lead').textContent = t().lead;
  document.getElementById('clear').textContent = t().clear;
  document.getElementById('language').textContent = t().language;
  document.getElementById('theme').textContent = `${t().theme}${t().themes[theme]}`;
  document.documentElement.dataset.theme = theme;
  const state = document.getElementById('state');
  state.textContent = live ? t().live : t().offline;
  state.classList.toggle('off', !live);
}

function drawCards() {
  const main = document.getElementById('groups');
  main.replaceChildren();
  cards.clear();
  for (const group of groups.values()) {
    const counts = el('span', 'counts');
    const chat = el('ol', 'chat');
    chat.tabIndex = 0;
    chat.setAttribute('aria-label', group.id);
    const headline = el(
      'div',
      'headline',
      el('h2', '', group.label[lang]),
      el('span', 'id', group.id),
      counts,
    );
    const head = el('header', '', headline, copyLine(group.endpointUrl, t().copy));
    if (group.secret) head.append(copyLine(`${t().secret}: ${group.secret}`, t().copySecret, group.secret));
    const card = el('section', 'group', head, chat);
    card.style.setProperty('--mark', group.mark);
    main.append(card);
    cards.set(group.id, { counts, chat });
    dirty.add(group.id);
  }
  flush();
}

function copyLine(shown, label, value = shown) {
  const code = el('code', '', shown);
  code.title = value;
  const copy = button(label, async () => {
    await navigator.clipboard.writeText(value);
    copy.textContent = t().copied;
    setTimeout(() => {
      copy.textContent = label;
    }, 1200);
  });
  return el('div', 'address', code, copy);
}

function flush() {
  for (const id of dirty) drawGroup(groups.get(id), cards.get(id));
  dirty.clear();
}

function drawGroup(group, card) {
  if (!group || !card) return;
  const { shown, refused, repeats } = group.counts;
  card.counts.replaceChildren(
    el('span', '', `${t().shown} ${shown}`),
    refused > 0 ? el('span', 'bad', `${t().refused} ${refused}`) : '',
    repeats > 0 ? el('span', '', `${t().repeats} ${repeats}`) : '',
  );
  const { chat } = card;
  const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 40;
  const drawn = new Map([...chat.children].map((item) => [item.dataset.key, item]));
  const wanted = [...group.arrivals.values()].sort((a, b) => a.seq - b.seq);
  const items = wanted.map((arrival) => drawn.get(`${arrival.seq}`) ?? drawArrival(group, arrival));
  if (shown + refused + repeats > wanted.length) items.unshift(el('li', 'more', t().more));
  if (items.length === 0) items.push(el('li', 'empty', el('strong', '', t().empty), t().emptyHint));
  chat.replaceChildren(...items);
  if (atEnd) chat.scrollTop = chat.scrollHeight;
}

function drawArrival(group, arrival) {
  const item = arrival.verdict === 'refused' ? drawRefused(arrival) : drawShown(group, arrival);
  item.dataset.key = String(arrival.seq);
  return item;
}

function drawShown(group, arrival) {
  const parts = arrival.posts.flatMap((post) => [
    el('div', 'bubble', post.display),
    post.mentions.length > 0
      ? el('div', 'pings', t().mentions, ...post.mentions.map((who) => el('b', '', `@${who}`)))
      : null,
  ]);
  const note = arrival.verdict === 'repeat' ? el('div', 'note', t().repeat) : null;
  const who = el('div', 'who', t().robot, clock(arrival.atMs));
  const initial = [...group.label[lang]][0];
  const avatar = el('span', 'avatar', initial);
  avatar.setAttribute('aria-hidden', 'true');
  return el(
    'li',
    `post ${arrival.verdict}`,
    avatar,
    el('div', '', who, ...parts, note),
    drawDetails(arrival),
  );
}

function drawRefused(arrival) {
  const status = arrival.status === null ? null : `HTTP ${arrival.status}`;
  const said = [t().refused, status, codeOf(arrival.answer)].filter(Boolean).join(' · ');
  const head = el('div', 'who', said, clock(arrival.atMs));
  return el('li', 'refused', head, el('div', 'why', arrival.why[lang]), drawDetails(arrival));
}

/** The platform's own code in an answer: a field of JSON, or a bare word. */
function codeOf(answer) {
  try {
    const { errcode, code, error, id } = JSON.parse(answer);
    const found = errcode ?? code ?? (id || error);
    return /^[\w.-]{1,80}$/.test(String(found ?? '')) ? String(found) : null;
  } catch {
    return /^\w{1,40}$/.test(answer) ? answer : null;
  }
}

function clock(atMs) {
  const time = el(
    'time',
    '',
    new Date(atMs).toLocaleTimeString(lang === 'zh' ? 'zh-CN' : 'en', { hour12: false }),
  );
  time.dateTime = new Date(atMs).toISOString();
  return time;
}

/** The request and the answer, written only when somebody opens them. */
function drawDetails(arrival) {
  const details = el(
    'details',
    '',
    el('summary', '', `${arrival.request.method} · ${arrival.request.bodyBytes} B`),
  );
  details.addEventListener('toggle', () => {
    if (!details.open || details.childElementCount > 1) return;
    const { method, target, headers, body } = arrival.request;
    details.append(
      t().request,
      el('pre', '', `${method} ${target}\n${headers.join('\n')}\n\n${body}`),
      t().answer,
      el('pre', '', `${arrival.status === null ? '—' : `HTTP ${arrival.status}`}\n${arrival.answer}`),
    );
  });
  return details;
}

/** Keeps the last of each kind, as the server does. */
function trim(group) {
  for (const isRefused of [true, false]) {
    const seqs = [...group.arrivals.values()]
      .filter(({ verdict }) => (verdict === 'refused') === isRefused)
      .map(({ seq }) => seq);
    for (const seq of seqs.sort((a, b) => a - b).slice(0, -KEEP)) group.arrivals.delete(seq);
  }
}

async function load() {
  const answer = await fetch('/_sandbox/messages');
  const loaded = await answer.json();
  groups.clear();
  for (const group of loaded.groups) {
    groups.set(group.id, {
      ...group,
      arrivals: new Map(group.arrivals.map((arrival) => [arrival.seq, arrival])),
    });
  }
  drawCards();
}

function watch() {
  const source = new EventSource('/_sandbox/events');
  const setLive = (now) => {
    live = now;
    drawHead();
  };
  source.addEventListener('open', () => {
    setLive(true);
    load();
  });
  source.addEventListener('error', () => setLive(false));
  source.addEventListener('reset', load);
  source.addEventListener('arrival', ({ data }) => {
    const { group: id, counts, arrival } = JSON.parse(data);
    const group = groups.get(id);
    if (!group) return;
    group.counts = counts;
    group.arrivals.set(arrival.seq, arrival);
    trim(group);
    if (dirty.size === 0) requestAnimationFrame(flush);
    dirty.add(id);
  });
}

document
  .getElementById('clear')
  .addEventListener('click', () => fetch('/_sandbox/reset', { method: 'POST' }));
document.getElementById('theme').addEventListener('click', () => {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  localStorage.setItem('theme', theme);
  drawHead();
});
document.getElementById('language').addEventListener('click', () => {
  lang = lang === 'zh' ? 'en' : 'zh';
  localStorage.setItem('lang', lang);
  drawHead();
  drawCards();
});

texts = await (await fetch('/_sandbox/texts')).json();
drawHead();
watch();
