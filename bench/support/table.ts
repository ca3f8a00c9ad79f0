import type { BenchTable } from '../program.ts';

export function markdownTable({ title, head, rows }: BenchTable): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [`**${title}**`, '', ...lines].join('\n');
}
