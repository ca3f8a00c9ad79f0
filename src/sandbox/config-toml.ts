import type { Lang } from '../texts/texts.ts';
import { texts } from '../texts/texts.ts';
import type { SandboxGroup } from './server.ts';

/**
 * A whole `config.toml` with one channel per group. The first group of a platform is `[provider.TYPE]`, each further
 * one a `[channel.NAME]` under the group's id.
 */
export function sandboxConfigToml(
  sandbox: { readonly groups: readonly SandboxGroup[] },
  lang: Lang = 'zh',
): string {
  const t = texts[lang].sandbox;
  const named = new Set<string>();
  const sections = sandbox.groups.map((group) => {
    const first = !named.has(group.platform);
    named.add(group.platform);
    const lines = [`# ${group.label[lang]}`];
    if (first) lines.push(`[provider.${group.platform}]`);
    else lines.push(`[channel.${group.id}]`, `provider = ${quote(group.platform)}`);
    lines.push(`endpoint.url = ${quote(group.endpointUrl)}`);
    if (group.secret !== null) lines.push(`secret = ${quote(group.secret)}`);
    return lines.join('\n');
  });
  return `# ${t.configHead}\n\n${sections.join('\n\n')}\n`;
}

/** A JSON string is a TOML basic string; `${` would be read as an environment variable and is spelled out. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll('${', '\\u0024{').replaceAll('\u007f', '\\u007f');
}
