import type { Reference } from '../binding/reference.ts'
import type { TooMuchWork } from '../binding/too-much-work.ts'
import { UnfitValue } from '../binding/unfit-value.ts'
import { GatewayError, type KnownErrorCode } from '../errors.ts'
import { type BoundRoute, everyStep } from './bound-route.ts'

/** Who gave a value. */
export type Giver = 'client' | 'backend' | 'route'

/** Below this many values nobody gave too many: the route does too much with them. */
const least = 100

const blamed: Record<Giver, { readonly status: number; readonly title: string }> = {
  client: { status: 400, title: 'The request holds more than can be worked on' },
  backend: { status: 502, title: 'A backend gave more than can be worked on' },
  route: { status: 500, title: 'The request takes too much work' },
}

/** What a value is that a call cannot place, by who gave it. */
const unfit: Record<Giver, KnownErrorCode> = {
  client: 'invalid-input',
  backend: 'invalid-response',
  route: 'expression-failed',
}

/** Says whose fault is what a value has led to. */
export interface Blame {
  /** Too much work: who gave the largest of the values that it was done on. */
  tooMuchWork(error: TooMuchWork): GatewayError
  /** What was thrown; a value that cannot be placed is then the fault of who gave it. */
  unfitValue(thrown: unknown): unknown
}

/**
 * Compiles who gave what in a route. The client is where it alone can have given it; of what is made of several the
 * backend's part counts.
 */
export function compileBlame(route: BoundRoute): Blame {
  let found: ((reference: Reference) => Giver) | undefined
  const giverOf = (reference: Reference) => {
    found ??= findGivers(route)
    return found(reference)
  }
  return {
    tooMuchWork(error) {
      let size = least - 1
      let by: Giver = 'route'
      for (const suspect of error.suspects) {
        const giver = giverOf(suspect.reference)
        if (suspect.size < size || giver === 'route' || (suspect.size === size && giver === 'client')) continue
        size = suspect.size
        by = giver
      }
      return new GatewayError(error.code, { ...blamed[by], step: error.step, detail: error.detail })
    },
    unfitValue(thrown) {
      if (!(thrown instanceof UnfitValue)) return thrown
      const by = thrown.references.map(giverOf).reduce(join, 'route')
      return by === 'client' ? thrown : new GatewayError(unfit[by], { detail: thrown.detail })
    },
  }
}

function findGivers(route: BoundRoute): (reference: Reference) => Giver {
  const givers = new Map<string, Giver>(route.inputs.map(({ color }) => [color, 'client']))
  let ofItems: Giver = 'route'
  const giverOf = (reference: Reference): Giver => {
    switch (reference.kind) {
      case 'color':
        return givers.get(reference.color) ?? 'route'
      case 'colors':
        return reference.colors.map((color) => givers.get(color) ?? 'route').reduce(join, 'route')
      case 'request':
        return 'client'
      case 'step':
        return 'backend'
      case 'local':
        return reference.name === 'error' ? 'backend' : ofItems
      case 'outside':
        return 'route'
      case 'everything':
        return [...givers.values()].reduce(join, 'client')
    }
  }
  // Until nothing new is found: a value may pass through several colors, and only ever counts for more.
  let before: string
  do {
    before = [...givers, ofItems].join()
    for (const step of everyStep(route.body)) {
      const derived = new Map((step.derives ?? []).map(({ color, value }) => [color, value.reads]))
      for (const [color, reads] of derived)
        note(color, reads.map(({ reference }) => giverOf(reference)).reduce(join, 'route'))
      for (const { color } of step.writes ?? []) if (step.call || !derived.has(color)) note(color, 'backend')
      if (step.composition !== 'each') continue
      for (const { reference } of step.reads ?? []) ofItems = join(ofItems, giverOf(reference))
    }
  } while (before !== [...givers, ofItems].join())
  return giverOf

  function note(color: string, giver: Giver): void {
    givers.set(color, join(givers.get(color) ?? 'route', giver))
  }
}

const order: readonly Giver[] = ['route', 'client', 'backend']

function join(one: Giver, other: Giver): Giver {
  return order.indexOf(one) < order.indexOf(other) ? other : one
}
