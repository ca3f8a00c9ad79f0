import type { api as zh } from '../zh/api.ts';

export const api: typeof zh = {};
