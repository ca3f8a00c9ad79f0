import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A process that listens on a loopback port and is stopped: the kernel takes connections for it, nobody accepts them. */
export interface StoppedProcess {
  readonly port: number;
  end(): void;
}

const LISTEN = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: Number(process.argv[1]) }, () => console.log(server.address().port));
`;
const ROOMY_BACKLOG = 511;
/** More than a backlog of 1 holds. */
const PLUGS = 8;

/** @param backlogFull true: even the kernel takes no further connection. Not for Windows, which has no SIGSTOP. */
export async function startStoppedProcess(backlogFull: boolean): Promise<StoppedProcess> {
  const child = spawn(process.execPath, ['-e', LISTEN, String(backlogFull ? 1 : ROOMY_BACKLOG)]);
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const [line] = await once(child.stdout, 'data');
  const port = Number(String(line));
  child.kill('SIGSTOP');
  const plugs: Socket[] = [];
  for (let count = 0; backlogFull && count < PLUGS; count++) {
    const plug = connect(port, '127.0.0.1');
    plug.on('error', () => {});
    plugs.push(plug);
  }
  return {
    port,
    end() {
      process.off('exit', killWithUs);
      for (const plug of plugs) plug.destroy();
      child.kill('SIGKILL');
    },
  };
}
