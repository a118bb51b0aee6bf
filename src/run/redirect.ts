import type { Redirect } from '../identity/sign-in.ts'
import type { Answer } from './outcome.ts'

/** The answer that sends a browser elsewhere. Nobody keeps it, and where it leads is told of nothing that led there. */
export function redirectTo({ location, cookies }: Redirect): Answer {
  return {
    kind: 'answer',
    status: 303,
    headers: {
      location,
      'set-cookie': [...cookies],
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
    body: undefined,
    records: [],
    degraded: [],
  }
}
