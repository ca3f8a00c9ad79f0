import type { config as zh } from '../zh/config.ts';

export const config: typeof zh = {};
