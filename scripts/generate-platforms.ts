import { readFileSync, writeFileSync } from 'node:fs';
import type { LocalText } from '../src/core/local-text.ts';
import type { PlatformCode, Provider, ProviderWindow, TextLimit } from '../src/providers/provider.ts';
import { providers } from '../src/providers/registry.ts';

/*
 * Writes docs/platforms.md from the providers: `node scripts/generate-platforms.ts`. With `--check` it writes nothing
 * and exits 1 where the file is not what it would write.
 */
const PAGE = new URL('../docs/platforms.md', import.meta.url);

const HEAD = `# 平台 · Platforms

<!-- 由 scripts/generate-platforms.ts 生成，请勿手改。Generated; do not edit. -->

每个平台的配置、限制和应答码，与程序用的是同一份数据。「默认」可以用 \`rate_limit\` 修改，0 为不限。
What the program knows of each platform. Defaults can be changed with \`rate_limit\`; 0 means no limit.

| 结果 · Outcome | 含义 · Meaning |
| --- | --- |
| \`ok\` | 已送达 · delivered |
| \`rate_limited\` | 通道暂停，不消耗重试次数 · the channel pauses, no retry is used up |
| \`transient\` | 平台没有收下，稍后重试 · not taken, tried again later |
| \`permanent\` | 重试无用 · a retry cannot help |
| \`unknown\` | 不知平台是否收下 · it cannot be known whether it was taken |

「停用通道」：地址已失效，通道停止发送，直到更新配置或手动恢复。「暂停」写作“起 → 止”的，连续遇到时逐次加倍。
应答自己写明暂停多久的，以应答为准。
"Stops the channel": the address is dead, and nothing is sent until the configuration changes or someone resumes it.
A pause of the form "from → to" doubles each time it was not enough. A pause that the answer states goes first.

指向同一个群或 Webhook 的通道共用限制、暂停和停用，地址写法不同（API 版本、话题、无关参数等）也一样；Telegram 的群名和数字 chat_id 看不出是同一个群，请统一写法。
Channels of one group or webhook share limits, pauses and stops, however its address is written (API version, topic,
parameters that do not matter). That a name and a number are one Telegram group cannot be seen: write it in one way.
`;

const UNITS: Readonly<Record<TextLimit['unit'], string>> = {
  bytes: '字节 bytes',
  code_points: '字符 code points',
  utf16_units: 'UTF-16 单元 units',
};

export function platformsPage(all: readonly Provider[]): string {
  return `${HEAD}\n${all.map(section).join('\n')}`;
}

function section(provider: Provider): string {
  const { id, label, exampleUrl, fields, windows, textLimit, codes } = provider;
  const sources = numberedSources();
  const facts = [
    ['类型 · Type', `\`${id}\``],
    ['`endpoint.url`', `\`${exampleUrl}\``],
    ['其他配置键 · Other keys', fields.map((field) => `\`${field}\``).join(' ') || '—'],
    ['每分钟 · Per minute', windowCell(windows.minute, sources.cite)],
    ['每秒 · Per second', windowCell(windows.second, sources.cite)],
    ['文本上限 · Text limit', textCell(textLimit, sources.cite)],
  ];
  const rows = Object.entries(codes).map(([code, entry]) => codeRow(code, entry, sources.cite));
  return `## ${bilingual(label)}

${table(['项目 · Item', '值 · Value'], facts)}

${table(['码 · Code', '结果 · Outcome', '暂停 · Pause', '停用通道 · Stops the channel', '含义 · Meaning', '来源 · Source'], rows)}

来源 · Sources

${sources.list()}
`;
}

const bilingual = ({ zh, en }: LocalText) => (zh === en ? zh : `${zh} · ${en}`);

function windowCell(
  { maxSends, documented, source }: ProviderWindow,
  cite: (source: string) => string,
): string {
  const ours = maxSends === 0 ? '不限 none' : String(maxSends);
  const theirs = documented === null ? '未公布 none published' : String(documented);
  return `默认 default ${ours}；平台 platform ${theirs} ${cite(source)}`;
}

function textCell(limit: TextLimit | null, cite: (source: string) => string): string {
  return limit === null ? '未公布 none published' : `${limit.max} ${UNITS[limit.unit]} ${cite(limit.source)}`;
}

function codeRow(code: string, entry: PlatformCode, cite: (source: string) => string): readonly string[] {
  const { kind, meaning, endpointGone, source } = entry;
  return [
    `\`${code}\``,
    `\`${kind}\``,
    pauseCell(entry),
    endpointGone ? '是 yes' : '',
    `${meaning.zh}<br>${meaning.en}`,
    cite(source),
  ];
}

function pauseCell({ pauseMs, pauseGrowsToMs, pausesPlatform }: PlatformCode): string {
  if (pauseMs === undefined) return '';
  const grows = pauseGrowsToMs === undefined ? '' : ` → ${seconds(pauseGrowsToMs)}`;
  const scope = pausesPlatform ? '（该平台全部通道 all its channels）' : '';
  return `${seconds(pauseMs)}${grows}${scope}`;
}

const seconds = (ms: number) => `${ms / 1_000} s`;

/** Sources are long and shared by many rows, so that a row holds a number only. */
function numberedSources(): { cite(source: string): string; list(): string } {
  const known: string[] = [];
  return {
    cite(source) {
      if (!known.includes(source)) known.push(source);
      return `[${known.indexOf(source) + 1}]`;
    },
    list: () => known.map((source, index) => `${index + 1}. ${text(source)}`).join('\n'),
  };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A pipe would end the cell, in code too; a line break would end the table. */
function cell(value: string): string {
  return text(value)
    .replaceAll('|', '\\|')
    .replace(/\s*\n\s*/g, ' ');
}

/** `<chat>` would be read as an element, except in code; `<br>` is meant as one. */
function text(value: string): string {
  return value
    .split(/(`[^`]*`)/)
    .map((piece, index) => (index % 2 === 1 ? piece : piece.replace(/<(?!br>)/g, '&lt;')))
    .join('');
}

function main(check: boolean): void {
  const wanted = platformsPage(providers);
  if (!check) {
    writeFileSync(PAGE, wanted);
  } else if (readPage() !== wanted) {
    process.stderr.write('docs/platforms.md is out of date: node scripts/generate-platforms.ts\n');
    process.exitCode = 1;
  }
}

/** A checkout on Windows may have other line ends. */
function readPage(): string | null {
  try {
    return readFileSync(PAGE, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return null;
  }
}

if (import.meta.main) main(process.argv.includes('--check'));
