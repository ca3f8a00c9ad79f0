import { PLANTED_BUGS } from './planted-bugs.ts';
import { SCENES } from './scenes.ts';

/** Of which program, by which scene, each bug is found: as it stands in docs/reliability.md. */
export function bugsTable(): string {
  const rows = Object.entries(SCENES).flatMap(([name, { program }]) =>
    PLANTED_BUGS.filter(({ scene }) => scene === name).map(
      (bug) => `| \`${program ?? 'canary'}\` | ${name} | ${bug.name} |`,
    ),
  );
  return ['| program | scene | planted bug that turns it red |', '| --- | --- | --- |', ...rows].join('\n');
}
