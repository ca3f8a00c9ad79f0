import type { Command, CommanderError } from 'commander';
import { nearest } from '../core/nearest-word.ts';
import { printable } from '../core/printable.ts';
import type { Texts } from '../texts/texts.ts';

/** Says in the user's language what commander found wrong with the command line. */
export function usageError(
  error: CommanderError,
  program: Command,
  argv: readonly string[],
  t: Texts['cli'],
): string {
  // Its message names the culprit in quotes: "error: unknown option '--prot'".
  const quoted = printable(/'(.*)'/s.exec(error.message)?.[1] ?? '');
  const command = program.commands.find((candidate) => candidate.name() === argv[0]);
  switch (error.code) {
    case 'commander.unknownCommand':
      return t.usage.unknownCommand(quoted, nearest(quoted, commandNames(program)));
    case 'commander.unknownOption': {
      const known = [...(command ?? program).options.map((option) => option.long ?? ''), '--help', '--lang'];
      return t.usage.unknownOption(quoted, nearest(quoted, known));
    }
    case 'commander.optionMissingArgument':
      return t.usage.missingArgument(quoted);
    case 'commander.excessArguments':
      return t.usage.excessArguments(command?.name() ?? '');
    default:
      return printable(error.message);
  }
}

export function commandNames(program: Command): string[] {
  return [...program.commands.map((command) => command.name()), 'help'];
}
