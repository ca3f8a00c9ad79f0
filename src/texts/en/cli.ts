import { COMMAND } from '../command-name.ts';
import type { cli as zh } from '../zh/cli.ts';

export const cli: typeof zh = {
  error: (text) => `error: ${text}`,
  warning: (text) => `warning: ${text}`,
  unexpected: (text) => `unexpected error: ${text}`,
  noReason: 'the platform gave no reason',
  configMissing: (file) => `the configuration file does not exist: ${file}`,
  configBad: (file, count) =>
    `${count === 1 ? 'there is 1 problem' : `there are ${count} problems`} in the configuration ${file}:`,
  noConfig: `no config.toml in the working directory or beside the executable. Run ${COMMAND} init to make one, or name a file with -c`,

  about: {
    postpoint:
      'One API request sends a message to WeCom, Feishu, DingTalk, Slack, Discord, Mattermost and webhooks',
    help: 'Help about any command',
    serve: 'API / OpenAPI / Swagger UI service, message delivery',
    test: 'Test the configured channels: send one message straight to every (or each named) one; no push log',
    check: 'Check the configuration and show the channels with their limits (no secrets)',
    init: 'Write a commented config.toml to the working directory; never overwrites',
    sandbox: 'Local stand-ins of the platforms with their official rules, showing what each group receives',
  },
  help: {
    usage: 'Usage:',
    commands: 'Available Commands:',
    flags: 'Flags:',
    more: `Use "${COMMAND} [command] --help" for more information about a command.`,
  },
  flags: {
    help: 'show help',
    version: 'show the version',
    lang: 'language (default: from the locale)',
    config: 'configuration file (default: config.toml in the working directory, else beside the executable)',
    port: 'port to listen on (default 39271, 0 = any free one)',
  },
  usage: {
    unknownCommand: (name, meant) =>
      `unknown command "${name}"${meant === null ? '' : `; did you mean "${meant}"?`}`,
    unknownOption: (name, meant) =>
      `unknown option ${name}${meant === null ? '' : `; did you mean ${meant}?`}`,
    missingArgument: (flag) => `the option ${flag} needs a value`,
    excessArguments: (command) => `too many arguments after the command ${command}`,
    badLang: (value) => `"${value}" is no value of --lang; allowed: zh, en`,
    seeHelp: `run ${COMMAND} -h for help`,
  },

  test: {
    title: 'test',
    message: (host, time) =>
      `PostPoint test message\nIf you can read this, the channel is set up correctly.\nSent from ${host} at ${time}`,
    ok: 'ok',
    failed: 'failed',
    duration: 'took',
    error: 'error',
    platformCode: 'platform code',
    unknownChannel: (name, meant, known) =>
      `there is no channel "${name}"${meant === null ? '' : `; the closest is "${meant}"`}; configured: ${known.join(', ')}`,
    noRoom: (seconds) =>
      `the rate limit stayed used up: after ${seconds} s there was still no room, and nothing was sent`,
    notBooked: 'the store cannot be written, so no room in the rate limit was booked, and nothing was sent',
    notCounted:
      'the store cannot be used: a service that runs does not count these requests in its rate limits',
    disabledChannel: (name) => `the channel "${name}" is left out by enabled = false`,
  },

  check: {
    ok: (file) => `the configuration is valid: ${file}`,
    columns: ['channel', 'platform', 'per min', 'per s', 'proxy', 'ordered', 'overflow', 'host', 'tags'],
    yes: 'yes',
    no: 'no',
    none: 'none',
    noLimit: 'none',
    api: 'API',
    apiHeaders: 'API headers',
    store: 'store',
    logFiles: 'log files',
    disabled: 'channels left out',
    everyInterface: (port) => `every interface, port ${port}`,
    openApi:
      'the API listens beyond this machine and api.headers is not set: anyone on the network can send messages',
  },

  init: {
    exists: (file) => `${file} exists and was not overwritten`,
    failed: (file, code) => `cannot write ${file} (${code})`,
    done: (file) => `wrote ${file}

Next:
  1. Edit it: remove the # before the lines [provider…] and endpoint.url of one platform and fill in its webhook address
  2. ${COMMAND} check   check the configuration
  3. ${COMMAND} test    send one test message
  4. ${COMMAND} serve   start the service`,
  },

  sandbox: {
    started: (url) =>
      `the sandbox runs at ${url} (Ctrl-C stops it)\nSave the following as config.toml to send to it:`,
    badPort: 'the value of --port is not valid; allowed: an integer from 0 to 65535',
    portTaken: (port) => `port ${port} is taken by another program; choose another with --port`,
    failed: (port, code) => `the sandbox cannot start on port ${port} (${code})`,
  },
};
