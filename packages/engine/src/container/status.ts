import type { ContainerState } from '@pontoon/api';
import { parseTime } from '../time.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** go-units' HumanDuration. @param seconds not below 0 */
export function humanDuration(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < 1) return 'Less than a second';
  if (whole === 1) return '1 second';
  if (whole < MINUTE) return `${whole} seconds`;
  const minutes = Math.floor(seconds / MINUTE);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(seconds / HOUR + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(seconds / DAY);
  if (days < 14) return `${days} days`;
  if (days < 60) return `${Math.floor(days / 7)} weeks`;
  if (days < 730) return `${Math.floor(days / 30)} months`;
  return `${Math.floor(days / 365)} years`;
}

/** The column STATUS of `docker ps`: moby, container/state.go. */
export function statusText(state: ContainerState, now_ms = Date.now()): string {
  const since = (text: string) => humanDuration(Math.max(0, (now_ms - millis(text)) / 1000));
  switch (state.Status) {
    case 'running':
      return `Up ${since(state.StartedAt)}${health(state)}`;
    case 'paused':
      return `Up ${since(state.StartedAt)} (Paused)`;
    case 'restarting':
      return `Restarting (${state.ExitCode}) ${since(state.FinishedAt)} ago`;
    case 'exited':
      return `Exited (${state.ExitCode}) ${since(state.FinishedAt)} ago`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'created':
      return 'Created';
  }
}

function health({ Health }: ContainerState): string {
  if (!Health || Health.Status === 'none') return '';
  return Health.Status === 'starting' ? ' (health: starting)' : ` (${Health.Status})`;
}

function millis(text: string): number {
  return Number((parseTime(text) ?? 0n) / 1_000_000n);
}
