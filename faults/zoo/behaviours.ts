import type { Behaviour } from './behaviour.ts';
import { BODIES } from './bodies.ts';
import { CONNECTIONS } from './connections.ts';
import { HEADS } from './heads.ts';
import { statuses } from './statuses.ts';

/** Every way of being a bad receiver that the zoo has. */
export function allBehaviours(canaryUrl: string): Behaviour[] {
  return [...CONNECTIONS, ...HEADS, ...BODIES, ...statuses(canaryUrl)];
}
