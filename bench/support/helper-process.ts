import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A process beside the measured one: the load, the sink, a peer. It is asked one thing at a time. */
export interface HelperProcess {
  readonly pid: number;
  /** @param question what the process's `answerQuestions` understands. */
  ask<Answer>(question: object): Promise<Answer>;
  end(): Promise<void>;
}

/**
 * @param file an absolute path; the process tells when it is ready by answering its first question.
 * @param front a command in front of it, such as a tracer.
 */
export function startHelper(
  file: string,
  args: readonly string[] = [],
  [execPath = process.execPath, ...rest]: readonly string[] = [],
): HelperProcess {
  const execArgv = execPath === process.execPath ? [] : [...rest, process.execPath];
  const child: ChildProcess = fork(file, args, {
    execPath,
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? -1,
    async ask<Answer>(question: object) {
      child.send(question);
      const first = await Promise.race([once(child, 'message'), ended.then(() => null)]);
      if (first === null) throw new Error(`${file} has ended`);
      return first[0] as Answer;
    },
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** In the helper process: answers each question; ends with the process that asks. */
export function answerQuestions<Question>(answer: (question: Question) => Promise<object> | object): void {
  process.on('message', async (question) => process.send?.(await answer(question as Question)));
  process.on('disconnect', () => process.exit(0));
}
