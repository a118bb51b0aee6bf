import type { Read } from '../../binding/reference.ts'
import type { Location } from '../../diagnostics/diagnostic.ts'
import { printLocator } from '../../operations/locator.ts'
import { type BoundRoute, everyStep } from '../../plan/bound-route.ts'
import type { Catalogue } from '../../plan/catalogue.ts'
import { readsOfRoute } from '../../plan/reads.ts'
import type { BoundStep } from '../../steps/step.ts'
import { partsOfOperation } from './inputs.ts'

/** A place that speaks of a color: an operation, or a route and what in it. Where it stands is looked up when asked for. */
export interface ColorUse {
  readonly kind: 'operation' | 'request' | 'step' | 'response'
  /** `users.session`, or the route's name. */
  readonly name: string
  /** `$.user.id`, `query.seg`, a step's caption. */
  readonly detail: string
  readonly at: Location
}

/** What a color is used in. */
interface Configuration {
  readonly catalogue: Catalogue
  readonly routes: readonly BoundRoute[]
}

/** Who gives a color, over the whole configuration. */
export function producersOf(color: string, { catalogue, routes }: Configuration): ColorUse[] {
  return [...operationsThatGive(color, catalogue), ...routes.flatMap((route) => producersIn(route, color))]
}

/** Who takes it. */
export function readersOf(color: string, { catalogue, routes }: Configuration): ColorUse[] {
  return [...operationsThatTake(color, catalogue), ...routes.flatMap((route) => readersIn(route, color))]
}

function* everyOperation(catalogue: Catalogue) {
  for (const { operations } of catalogue.values()) for (const { operation } of operations.values()) yield operation
}

function operationsThatGive(color: string, catalogue: Catalogue): ColorUse[] {
  return [...everyOperation(catalogue)].flatMap(({ service, name, outputs }) =>
    outputs
      .filter((output) => output.color === color)
      .map(({ locator, at }) => ({
        kind: 'operation',
        name: `${service.name}.${name}`,
        detail: printLocator(locator),
        at,
      })),
  )
}

function operationsThatTake(color: string, catalogue: Catalogue): ColorUse[] {
  return [...everyOperation(catalogue)].flatMap((operation) =>
    partsOfOperation(operation, new Map()).flatMap(({ to, optional, reads }) =>
      reads
        .filter((read) => readsColor(read, color))
        .map(({ at }) => {
          const detail = optional ? `${to}, may be absent` : to
          return { kind: 'operation', name: `${operation.service.name}.${operation.name}`, detail, at }
        }),
    ),
  )
}

/** What in a route gives it besides operations of the catalogue: the request, assigns, forEach, inline calls. */
function producersIn({ name, inputs, body }: BoundRoute, color: string): ColorUse[] {
  return [
    ...inputs.flatMap((input): ColorUse[] =>
      input.color === color ? [{ kind: 'request', name, detail: input.from, at: input.at }] : [],
    ),
    ...[...everyStep(body)].flatMap((step) => {
      const own = (step.writes ?? []).filter((write) => write.color === color)
      const provided = (step.blocks ?? []).flatMap(({ provides }) => (provides?.color === color ? [provides] : []))
      return [...own, ...provided].map(({ at }): ColorUse => ({ kind: 'step', name, detail: captionOf(step), at }))
    }),
  ]
}

function readersIn(route: BoundRoute, color: string): ColorUse[] {
  const { name } = route
  const readers = [...readsOfRoute(route)].filter(({ read }) => readsColor(read, color))
  return readers.map(({ read: { at }, reader }): ColorUse => {
    if ('step' in reader) return { kind: 'step', name, detail: captionOf(reader.step), at }
    if (reader.kind === 'priority') return { kind: 'step', name, detail: 'priority', at }
    return { kind: 'response', name, detail: 'response', at }
  })
}

/** What a step is called where it is told of. */
export function captionOf(step: BoundStep): string {
  return step.caption?.title ?? step.kind
}

function readsColor({ reference }: Read, color: string): boolean {
  if (reference.kind === 'color') return reference.color === color
  return reference.kind === 'everything' || (reference.kind === 'colors' && reference.colors.includes(color))
}
