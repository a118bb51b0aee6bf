import type { Read } from '../../language/reference.ts'
import { everyStep } from '../bound-route.ts'
import { tracedBehind, traceValues } from '../traced-values.ts'
import type { RouteCheck } from './check.ts'

/**
 * A color declared `secret` does not reach what the client is sent: not by itself, not through a color that is
 * assigned from it, not in the recorded body of a call that gives it, not as part of the whole context.
 */
export const secretsStayInside: RouteCheck = (route, language) => {
  const secrets = traceValues(route, (color) => language.colors.get(color)?.sensitivity === 'secret')
  if (secrets.colors.size === 0) return
  const check = (reads: readonly Read[]) => {
    for (const read of reads) {
      const via = tracedBehind(read, secrets)
      if (via)
        language.diagnostics.add('secret-in-response', `\`${via}\` is secret and would be sent to the client`, read.at)
    }
  }
  check(route.response?.reads ?? [])
  for (const step of everyStep(route.body)) {
    if (step.response) check(step.response.reads)
    else if (step.ends) check(step.reads ?? [])
  }
}
