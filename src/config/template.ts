import type { Provider } from '../providers/provider.ts';
import { type Lang, texts } from '../texts/texts.ts';
import { CHANNEL_KEYS, GLOBAL_KEYS, type KeySpec, PROVIDER_KEY } from './keys.ts';

/** Keys that most channels never need; the template shows them once and not for each platform. */
const SHOWN_ONCE = new Set(['proxy', 'enabled', 'tags', 'overflow', 'ordered', 'on_uncertain']);

/**
 * The commented file that `init` writes. Every key of the key table is in it, and all of it is commented out, so
 * that a line takes effect when its one leading `#` goes: prose begins with `# `, keys and tables with `#`.
 */
export function configTemplate(providers: readonly Provider[], lang: Lang): string {
  const t = texts[lang].config;
  const lines = [`# ${t.template.title}`, '#', ...t.template.intro.map((line) => `# ${line}`), ''];
  lines.push(heading(t.template.channels), '');
  for (const provider of providers) lines.push(...providerLines(provider, lang), '');
  lines.push(`# ${t.template.more}`, ...extraChannelLines(providers, lang), '');
  lines.push(heading(t.template.others), '', ...globalLines(lang));
  return `${lines.join('\n')}\n`;
}

const heading = (text: string) => `# ---- ${text} ----`;

function providerLines(provider: Provider, lang: Lang): string[] {
  const t = texts[lang].config;
  const lines = [`# ${provider.label[lang]}`, `#[provider.${provider.id}]`];
  for (const spec of CHANNEL_KEYS) {
    if (SHOWN_ONCE.has(spec.key)) continue;
    if (spec.field !== undefined && !provider.fields.includes(spec.field)) continue;
    const isRequired = spec.key === 'endpoint.url';
    const about = t.about[spec.key];
    lines.push(`# ${isRequired ? about : t.template.optional(about)}`);
    // With the second `#` a reader who uncomments the whole block gets the sound defaults and no sample secret.
    lines.push(`#${isRequired ? '' : '#'}${spec.key} = ${sampleValue(spec, provider)}`);
  }
  return lines;
}

function extraChannelLines(providers: readonly Provider[], lang: Lang): string[] {
  const t = texts[lang].config;
  const provider = providers[0];
  if (provider === undefined) return [];
  const lines = [
    `#[channel.${t.template.moreName}]`,
    `#${PROVIDER_KEY} = "${provider.id}"`,
    `#endpoint.url = "${provider.exampleUrl}"`,
  ];
  for (const spec of CHANNEL_KEYS) {
    if (!SHOWN_ONCE.has(spec.key)) continue;
    lines.push(
      `# ${t.template.optional(t.about[spec.key])}`,
      `##${spec.key} = ${sampleValue(spec, provider)}`,
    );
  }
  return lines;
}

function globalLines(lang: Lang): string[] {
  const t = texts[lang].config;
  const lines: string[] = [];
  let table = '';
  for (const spec of GLOBAL_KEYS) {
    const [top = '', ...rest] = spec.key.split('.');
    if (top !== table) {
      if (table !== '') lines.push('');
      table = top;
      lines.push(`#[${top}]`);
    }
    // A key without a default shows an example; the second `#` keeps it out when its whole table is uncommented.
    const mark = spec.byDefault === null ? '##' : '#';
    lines.push(`# ${t.about[spec.key]}`, `${mark}${rest.join('.')} = ${sampleValue(spec, null)}`);
  }
  return lines;
}

function sampleValue(spec: KeySpec, provider: Provider | null): string {
  if (provider !== null) {
    if (spec.key === 'endpoint.url') return JSON.stringify(provider.exampleUrl);
    if (spec.key === 'rate_limit.minute.burst') return String(provider.windows.minute.maxSends);
    if (spec.key === 'rate_limit.rate.frequency') return String(provider.windows.second.maxSends);
    if (spec.key === 'secret' && provider.id === 'webhook') return '"whsec_…"';
  }
  if (spec.example !== undefined) return spec.example;
  return JSON.stringify(spec.byDefault);
}
