#!/usr/bin/env node
// @ts-check
import './node-version.js';
import { executionAsyncResource } from 'node:async_hooks';
import module from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { builtMain } from './built-service.js';

// Young garbage is collected by the thread that made it. Sharing out a few milliseconds of work cost more than it saved:
// 5 to 20 % of a message's processor time, on two cores.
setFlagsFromString('--no-parallel-scavenge');
// V8 sees that under load all that it has just made is still in use, takes it for long-lived and makes it in the old
// generation from then on. There it stays, with all it refers to, until the next full collection: most of each message.
setFlagsFromString('--no-allocation-site-pretenuring');
// On a machine with much memory V8 lets its heap grow to four times what is in use before it looks for garbage. Of long texts
// there is soon a lot: twice costs no time that could be measured, and a flood of them 60 MiB less.
setFlagsFromString('--heap-growing-percent=100');

// One of the objects that `process.nextTick` makes stays in use. A full collection that meets none takes their shape away,
// and from then on V8 adds property by property to each of them: 1 us, five times for every message.
process.nextTick(() => Object.assign(process, { [Symbol('tick')]: executionAsyncResource() }));

// libuv looks up names in half of its threads. With four, two names whose DNS server says nothing hold up all others.
process.env.UV_THREADPOOL_SIZE ??= '64';

const root = join(import.meta.dirname, '..');
// Compiled code is kept beside the packages, where only the installing user can write: a start takes two thirds of the
// processor time, and 50 MiB less memory, since no types are stripped then. Where it cannot be kept, nothing is lost.
const cache = join(root, 'node_modules/.cache/postpoint');
module.enableCompileCache(cache);
// For the threads.
process.env.NODE_COMPILE_CACHE = cache;
const built = builtMain(root);
/** @type {typeof import('../src/cli/main.ts')} */
const { startCli } =
  built === null ? await import('../src/cli/main.ts') : await import(pathToFileURL(built).href);
void startCli();
// A service that is killed one day writes nothing at its end.
setTimeout(module.flushCompileCache, 5_000).unref();
