import type { LookupAddress } from 'node:dns';
import { isIP, connect as netConnect, type Socket } from 'node:net';
import { isBlockedAddress } from './blocked-addresses.ts';
import { openHttpTunnel } from './http-tunnel.ts';
import {
  closedError,
  FaultError,
  faultBeforeSending,
  networkFault,
  type Peer,
  type Stage,
} from './network-fault.ts';
import type { Lookup } from './resolve-host.ts';
import { firstHop, type Route } from './route.ts';
import { openSocks5Tunnel } from './socks5.ts';

interface ConnectDeps {
  readonly lookup: Lookup;
  /** Authorities instead of Node's own, for tests; PEM. */
  readonly ca?: string;
}

/** How far it is and with whom, so that a deadline can say where it struck. */
export interface Progress {
  stage: Stage;
  peer: Peer;
}

/**
 * Opens a socket over which a request for the route can be written: TCP, then TLS to the proxy, the tunnel and
 * TLS to the target, as far as the route has them. Sends nothing of the request.
 *
 * @param timeoutMs the whole attempt's; sets only how long each address of a name is tried.
 * @throws FaultError, also when `signal` aborts; the socket is then destroyed.
 */
export async function openSocket(
  deps: ConnectDeps,
  route: Route,
  progress: Progress,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Socket> {
  const { proxy, target } = route;
  const hop = firstHop(route);
  const opened: Socket[] = [];
  const destroyAll = () => {
    for (const socket of opened) socket.destroy();
  };
  const enter = (stage: Stage, peer: Peer) => {
    progress.stage = stage;
    progress.peer = peer;
  };
  const keep = (socket: Socket): Socket => {
    // Errors are read off the step that they break; one that comes between two steps must not end the process.
    socket.on('error', () => {});
    opened.push(socket);
    if (signal.aborted) destroyAll();
    return socket;
  };
  const secure = async (socket: Socket, host: string, peer: Peer): Promise<Socket> => {
    enter('tls', peer);
    return ready(keep(startTls(socket, host, deps.ca)), 'secureConnect');
  };

  signal.addEventListener('abort', destroyAll, { once: true });
  try {
    enter('dns', hop.peer);
    const addresses = await allowedAddresses(deps.lookup, hop);
    signal.throwIfAborted();
    enter('connect', hop.peer);
    let socket = await ready(keep(dial(addresses, hop.port, timeoutMs)), 'connect');
    if (proxy?.kind === 'https') socket = await secure(socket, proxy.host, hop.peer);
    if (proxy && !route.forward) {
      enter('proxy', hop.peer);
      if (proxy.kind === 'socks5') await openSocks5Tunnel(socket, proxy, target);
      else await openHttpTunnel(socket, proxy, target);
    }
    return target.tls ? await secure(socket, target.host, route.peer) : socket;
  } catch (error) {
    destroyAll();
    throw new FaultError(faultBeforeSending(error, progress.peer, progress.stage));
  } finally {
    signal.removeEventListener('abort', destroyAll);
  }
}

/**
 * The addresses of a host that may be connected to. They are checked here and connected to as they are, with no
 * second lookup in between, so that a name cannot change its mind after the check (DNS rebinding).
 *
 * One forbidden address among allowed ones is left out and does not condemn the name: Linux lists link-local
 * addresses for the machine's own host name (nss-myhostname).
 */
async function allowedAddresses(
  lookup: Lookup,
  hop: { readonly host: string; readonly peer: Peer },
): Promise<LookupAddress[]> {
  const family = isIP(hop.host);
  const found = family === 0 ? await lookup(hop.host) : [{ address: hop.host, family }];
  if (found.length === 0) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  const allowed = found.filter(({ address }) => !isBlockedAddress(address));
  if (allowed.length === 0) throw new FaultError(networkFault('blocked_address', { peer: hop.peer }));
  return allowed;
}

/** One socket to whichever address answers first, in the order given (Happy Eyeballs). */
function dial(addresses: readonly LookupAddress[], port: number, timeoutMs: number): Socket {
  const [first] = addresses;
  return netConnect({
    // Only names are looked up, and all names here lead to the addresses that were checked.
    host: 'checked.invalid',
    port,
    lookup: (_host, options, callback) => {
      if (options.all) callback(null, [...addresses]);
      else callback(null, first?.address ?? '', first?.family ?? 4);
    },
    autoSelectFamily: true,
    // Node's own 250–500 ms gives up on every address of a platform that is half the world away.
    autoSelectFamilyAttemptTimeout: Math.round(
      Math.min(2_500, Math.max(250, timeoutMs / (2 * addresses.length))),
    ),
    noDelay: true,
  });
}

function startTls(socket: Socket, host: string, ca: string | undefined): Socket {
  // Loaded by the first connection that wants it: 9 ms that no start has to wait for.
  const tls = process.getBuiltinModule('node:tls');
  // An IP address is no server name (RFC 6066); Node then compares the certificate with `host`.
  const name = host.replace(/\.$/, '');
  return tls.connect({
    socket,
    host: name,
    servername: isIP(name) ? '' : name,
    ALPNProtocols: ['http/1.1'],
    // Said out loud, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment changes nothing.
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
  });
}

function ready(socket: Socket, event: 'connect' | 'secureConnect'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve(socket));
    socket.once('error', reject);
    socket.once('close', () => reject(closedError()));
  });
}
