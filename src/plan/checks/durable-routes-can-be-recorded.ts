import type { Language } from '../../binding/color.ts'
import type { BoundStep } from '../../steps/step.ts'
import type { StepCall } from '../../steps/step-call.ts'
import { type BoundRoute, everyStep } from '../bound-route.ts'
import { everyRead } from '../reads.ts'
import { readsRaw } from '../request-view.ts'
import type { RouteCheck } from './check.ts'

/** What a durable route does can be recorded, and be undone as it says; what only it can do stands in no other. */
export const durableRoutesCanBeRecorded: RouteCheck = (route, language) => {
  const steps = [...everyStep(route.body)]
  if (route.durable) checkDurable(route, steps, language)
  else checkOthers(steps, language)
}

function checkOthers(steps: readonly BoundStep[], { diagnostics }: Language): void {
  const help = 'make the route `durable: true`'
  for (const { call, undoes, awaits, at } of steps) {
    if (awaits) diagnostics.add('invalid-durable', 'only a durable route waits for a signal', at, help)
    const place = call?.compensation?.at ?? (undoes === undefined ? undefined : at)
    if (place) diagnostics.add('invalid-compensation', 'only a durable route undoes what it did', place, help)
  }
}

function checkDurable(route: BoundRoute, steps: readonly BoundStep[], { diagnostics }: Language): void {
  const { response, durableAt: at } = route
  if (response?.streams)
    diagnostics.add('invalid-durable', 'a page that goes out in parts is not recorded', at, 'leave `stream` away')
  if (readsRaw(everyRead(route)) || steps.some(sendsRaw))
    diagnostics.add('invalid-durable', 'a body as it came (`raw`) is not recorded', at, 'take colors of it')
  if (route.cacheTtlMs !== undefined)
    diagnostics.add('invalid-durable', 'an answer of before would be no run', at, 'leave `cache` away')
  const calls = steps.flatMap((step) => (step.call ? [{ step, call: step.call }] : []))
  const names = new Set(calls.map(({ step }) => step.name))
  for (const { step, call } of calls) {
    checkName(step, call, names, diagnostics)
    const { compensation } = call
    if (compensation && !compensation.operation.mayRepeat) {
      const message = `\`${nameOf(compensation)}\` may be sent twice to undo \`${step.name}\`, and is not idempotent`
      const help = 'see that it is, and say so in its service: `idempotent: true`'
      diagnostics.add('invalid-compensation', message, compensation.at, help)
    }
    if (!compensation && !call.operation.mayRepeat) {
      const message = `\`${nameOf(call)}\` can neither be undone nor be repeated: after a crash nobody knows whether it was done`
      const help = 'give it a `compensate`, or its operation `idempotent: true`'
      diagnostics.add('uncompensated-call', message, step.at, help)
    }
  }
  const undone = new Set(calls.flatMap(({ step, call }) => (call.compensation ? step.name : [])))
  for (const { undoes, at: here } of steps) {
    const unknown = Array.isArray(undoes) && undoes.find((name) => !undone.has(name))
    if (unknown) diagnostics.add('invalid-compensation', `no call \`${unknown}\` has a \`compensate\``, here)
  }
}

/** What was numbered is another call when one before it goes. */
function checkName(
  { name, at }: BoundStep,
  { operation }: StepCall,
  names: ReadonlySet<string>,
  diagnostics: Language['diagnostics'],
): void {
  const [, base, number] = /^(.*)-(\d+)$/.exec(name) ?? []
  if (number === undefined || !names.has(base!) || base!.split('/').at(-1) !== operation.name) return
  const message = `another call is \`${base}\` too, and what is recorded is found by its name`
  diagnostics.add('invalid-durable', message, at, 'give each an `id`')
}

function sendsRaw({ reads = [] }: BoundStep): boolean {
  return reads.some(({ reference }) => reference.kind === 'step' && reference.rest[0] === 'raw')
}

function nameOf({ operation: { service, name } }: Pick<StepCall, 'operation'>): string {
  return `${service.name}.${name}`
}
