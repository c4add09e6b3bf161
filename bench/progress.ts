/**
 * How long a run will still take. It is planned as steps, each with the seconds that it should take; what the steps done
 * took in truth corrects what is left.
 */
export interface Progress {
  /** A line, with the time that is left in front. */
  tell(line: string): void;
  /** A step of the plan is done. */
  done(plannedSeconds: number): void;
}

export function createProgress(
  plannedSeconds: number,
  write: (line: string) => void,
  now: () => number = () => performance.now(),
): Progress {
  const startedAt = now();
  let doneSeconds = 0;
  let doneAt = startedAt;
  return {
    tell(line) {
      const slowness = doneSeconds > 0 ? (doneAt - startedAt) / 1000 / doneSeconds : 1;
      const left = (plannedSeconds - doneSeconds) * slowness - (now() - doneAt) / 1000;
      write(`${formatTime(Math.max(0, left))} left  ${line}`);
    },
    done(seconds) {
      doneSeconds += seconds;
      doneAt = now();
    },
  };
}

const formatTime = (seconds: number): string =>
  `${String(Math.floor(seconds / 60)).padStart(2)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
