// @ts-check

// Imported before all else, and written so that an old Node.js reads it: else the first name that it does not know would be
// the error. Both languages stand here, since the catalogue cannot be read yet.

const OLDEST = 26;
const { node } = process.versions;
if (Number.parseInt(node, 10) < OLDEST) {
  process.stderr.write(
    `PostPoint 需要 Node.js ${OLDEST} 或更新版本，当前是 ${node}。请运行 npm start 或 npx postpoint，它们使用 npm ci 装好的 Node.js；也可以直接用 node_modules/.bin/node。\n` +
      `PostPoint needs Node.js ${OLDEST} or newer; this is ${node}. Run npm start or npx postpoint, which use the one that npm ci has installed; node_modules/.bin/node is the same.\n`,
  );
  process.exit(1);
}
