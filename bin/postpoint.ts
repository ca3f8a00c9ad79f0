#!/usr/bin/env node
import { startCli } from '../src/cli/main.ts';

void startCli();
