import type { cli as zh } from '../zh/cli.ts';

export const cli: typeof zh = {};
