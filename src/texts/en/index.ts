import type { Texts } from '../texts.ts';
import { api } from './api.ts';
import { cli } from './cli.ts';
import { config } from './config.ts';
import { delivery } from './delivery.ts';
import { pages } from './pages.ts';
import { sandbox } from './sandbox.ts';
import { service } from './service.ts';

export const en: Texts = { api, cli, config, delivery, pages, sandbox, service };
