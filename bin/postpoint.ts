#!/usr/bin/env node
const v: string = process.version;
console.log(v, process.execPath, process.argv.slice(2), process.pid);
setInterval(() => {}, 1000).unref?.();
