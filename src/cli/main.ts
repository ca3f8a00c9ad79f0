import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSea } from 'node:sea';
import { Command, CommanderError } from 'commander';
import { messageOf } from '../core/message-of.ts';
import { printable } from '../core/printable.ts';
import { LANGS, type Lang, langOfLocale, texts } from '../texts/texts.ts';
import { check } from './check.ts';
import { formatHelp } from './help.ts';
import { init } from './init.ts';
import { type CliContext, type CliDeps, type CliIo, EXIT } from './io.ts';
import { realDeps } from './real-deps.ts';
import { sandbox } from './sandbox.ts';
import { serve } from './serve.ts';
import { test } from './test.ts';
import { commandNames, usageError } from './usage-error.ts';
import { versionLine } from './version.ts';

/** Runs the command line of this process and leaves its exit code. */
export async function startCli(): Promise<void> {
  // `postpoint check | head -1`: a reader that leaves early is no error.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  process.exitCode = await runCli(process.argv.slice(2), {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    env: process.env,
    cwd: process.cwd(),
    executableDir: executableDir(),
  });
}

/** The folder of the single executable, else of the script that Node.js runs. */
function executableDir(): string | null {
  const file = isSea() ? process.execPath : process.argv[1];
  try {
    return file === undefined ? null : dirname(realpathSync(file));
  } catch {
    return null;
  }
}

/**
 * Runs one command line.
 *
 * @param argv without the program's own name.
 * @returns the exit code. Never rejects.
 */
export async function runCli(argv: readonly string[], io: CliIo, deps: CliDeps = realDeps): Promise<number> {
  const { rest, lang, badLang } = takeLang(argv, io.env);
  const t = texts[lang].cli;
  if (badLang !== null) {
    io.stderr(`${t.error(t.usage.badLang(printable(badLang)))}\n`);
    return EXIT.usage;
  }
  let exitCode: number = EXIT.ok;
  const program = buildProgram({ io, deps, lang }, (code) => {
    exitCode = code;
  });
  try {
    if (rest.length === 0) io.stdout(formatHelp(program, t));
    else await parse(program, rest);
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      io.stderr(`${t.error(t.unexpected(printable(messageOf(error))))}\n`);
      return EXIT.failed;
    }
    if (error.exitCode === 0) return EXIT.ok; // help or version was asked for
    io.stderr(`${t.error(usageError(error, program, rest, t))}\n${t.usage.seeHelp}\n`);
    return EXIT.usage;
  }
}

async function parse(program: Command, argv: readonly string[]): Promise<void> {
  const [first, second] = argv;
  if (first === 'help' && second === 'help') return parse(program, ['help']);
  // `help foo` would show the general help as if nothing were wrong.
  if (
    first === 'help' &&
    second !== undefined &&
    !second.startsWith('-') &&
    !commandNames(program).includes(second)
  )
    throw new CommanderError(1, 'commander.unknownCommand', `'${second}'`);
  await program.parseAsync(argv, { from: 'user' });
}

function buildProgram(ctx: CliContext, done: (exitCode: number) => void): Command {
  const t = texts[ctx.lang].cli;
  const program = new Command('postpoint')
    .description(t.about.postpoint)
    .version(versionLine(), '-v, --version', t.flags.version)
    .helpOption('-h, --help', t.flags.help)
    .helpCommand('help [command]', t.about.help)
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureHelp({ formatHelp: (command) => formatHelp(command, t) })
    .configureOutput({ writeOut: ctx.io.stdout, writeErr: () => {}, outputError: () => {} });
  const configFlag = ['-c, --config <FILE>', t.flags.config] as const;
  program
    .command('serve')
    .description(t.about.serve)
    .option(...configFlag)
    .action(async (options) => done(await serve(ctx, options)));
  program
    .command('test')
    .description(t.about.test)
    .argument('[channel...]')
    .option(...configFlag)
    .action(async (names, options) => done(await test(ctx, names, options)));
  program
    .command('check')
    .description(t.about.check)
    .option(...configFlag)
    .action(async (options) => done(await check(ctx, options)));
  program
    .command('init')
    .description(t.about.init)
    .action(async () => done(await init(ctx)));
  program
    .command('sandbox')
    .description(t.about.sandbox)
    .option('--port <PORT>', t.flags.port)
    .action(async (options) => done(await sandbox(ctx, options)));
  return program;
}

/** `--lang zh|en` works anywhere on the line; it decides how all the rest is answered, so it is read first. */
function takeLang(argv: readonly string[], env: CliIo['env']) {
  const rest: string[] = [];
  let lang: Lang = langOfLocale(env);
  let badLang: string | null = null;
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i] ?? '';
    if (arg !== '--lang' && !arg.startsWith('--lang=')) {
      rest.push(arg);
      continue;
    }
    const value = arg === '--lang' ? (argv[++i] ?? '') : arg.slice('--lang='.length);
    const known = LANGS.find((candidate) => candidate === value);
    if (known === undefined) badLang = value;
    else lang = known;
  }
  return { rest, lang, badLang };
}
