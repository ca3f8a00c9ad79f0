import type { Command } from 'commander';
import type { Texts } from '../texts/texts.ts';

/** Lays out the help of a command: what it does, usage, commands, flags. */
export function formatHelp(command: Command, t: Texts['cli']): string {
  const helper = command.createHelp();
  const commands = helper.visibleCommands(command);
  const { parent } = command;
  const isTop = parent === null;
  const path = parent === null ? command.name() : `${parent.name()} ${command.name()}`;
  const args = command.registeredArguments.map((argument) => ` [${argument.name()}...]`).join('');
  const sections = [
    command.description(),
    `${t.help.usage}\n  ${path}${isTop ? ' [command]' : `${args} [flags]`}`,
  ];
  if (commands.length > 0)
    sections.push(
      table(
        t.help.commands,
        commands.map((sub) => [sub.name(), sub.description()]),
      ),
    );
  const flags = helper
    .visibleOptions(command)
    .map((option) => [flagText(option), option.description] as const);
  sections.push(table(t.help.flags, [...flags, ['    --lang zh|en', t.flags.lang]]));
  if (isTop) sections.push(t.help.more);
  return `${sections.join('\n\n')}\n`;
}

/** Options without a short form stand under the long form of the others. */
function flagText({ flags, short }: { readonly flags: string; readonly short?: string | undefined }): string {
  return short === undefined ? `    ${flags}` : flags;
}

function table(title: string, rows: readonly (readonly [string, string])[] | readonly string[][]): string {
  const width = Math.max(...rows.map(([left = '']) => left.length));
  return [title, ...rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}   ${right}`)].join('\n');
}
