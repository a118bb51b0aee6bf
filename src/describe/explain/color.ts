import type { ColorDefinition } from '../../binding/color.ts'
import type { Read } from '../../binding/reference.ts'
import { printLocator } from '../../operations/locator.ts'
import { type BoundRoute, everyStep, producedColors } from '../../plan/bound-route.ts'
import { readsOfRoute } from '../../plan/reads.ts'
import type { AggregatedRoute, Snapshot } from '../../plan/snapshot.ts'
import { tracedBehind, traceValues } from '../../plan/traced-values.ts'
import { isSensitive, maskType } from '../../redaction.ts'
import type { BoundStep } from '../../steps/step.ts'
import { callsOf, partsOfOperation } from './inputs.ts'
import { printPlace } from './places.ts'

/** Where a color comes from and goes to, over the whole configuration. Plain data (`--format json`). */
export interface ColorExplanation {
  readonly color: string
  readonly description: string | undefined
  readonly sensitivity: ColorDefinition['sensitivity']
  readonly schema: unknown
  readonly at: string
  readonly producers: readonly Mention[]
  readonly readers: readonly Mention[]
  /** Of what is pii or secret: who gets its value, also by way of other colors. */
  readonly seenBy: { readonly services: readonly Seen[]; readonly responses: readonly Mention[] } | undefined
}

/** A place that speaks of a color: an operation, or a route and what in it. */
export interface Mention {
  readonly kind: 'operation' | 'request' | 'step' | 'response'
  /** `users.session`, or the route's name. */
  readonly name: string
  /** `$.user.id`, `query.seg`, a step's caption. */
  readonly detail: string
  readonly at: string
}

export interface Seen {
  readonly service: string
  readonly operation: string
  readonly to: string
  readonly routes: readonly string[]
}

export function explainColor(definition: ColorDefinition, snapshot: Snapshot): ColorExplanation {
  const { name, schema, sensitivity, description, at } = definition
  const routes = snapshot.routes.filter((route) => route.kind === 'aggregate')
  return {
    color: name,
    description,
    sensitivity,
    schema: maskType(schema, sensitivity),
    at: printPlace(at),
    producers: [...operationsThatGive(name, snapshot), ...routes.flatMap((route) => producersIn(route, name))],
    readers: [...operationsThatTake(name, snapshot), ...routes.flatMap((route) => readersIn(route, name))],
    seenBy: isSensitive(definition) ? findSeers(name, routes) : undefined,
  }
}

function* everyOperation({ catalogue }: Snapshot) {
  for (const { operations } of catalogue.values()) for (const { operation } of operations.values()) yield operation
}

const mention = (kind: Mention['kind'], name: string, detail: string, at: Read['at']): Mention => ({
  kind,
  name,
  detail,
  at: printPlace(at),
})

function operationsThatGive(color: string, snapshot: Snapshot): Mention[] {
  return [...everyOperation(snapshot)].flatMap(({ service, name, outputs }) =>
    outputs
      .filter((output) => output.color === color)
      .map(({ locator, at }) => mention('operation', `${service.name}.${name}`, printLocator(locator), at)),
  )
}

function operationsThatTake(color: string, snapshot: Snapshot): Mention[] {
  return [...everyOperation(snapshot)].flatMap((operation) =>
    partsOfOperation(operation, new Map()).flatMap(({ to, optional, reads }) =>
      reads
        .filter((read) => readsColor(read, color))
        .map(({ at }) => {
          const detail = optional ? `${to}, may be absent` : to
          return mention('operation', `${operation.service.name}.${operation.name}`, detail, at)
        }),
    ),
  )
}

/** What in a route gives it besides operations of the catalogue: the request, assigns, forEach, inline calls. */
function producersIn({ bound }: AggregatedRoute, color: string): Mention[] {
  const inputs = bound.inputs.filter((input) => input.color === color)
  return [
    ...inputs.map(({ from, at }) => mention('request', bound.name, from, at)),
    ...[...everyStep(bound.body)].flatMap((step) => {
      const own = (step.writes ?? []).filter((write) => write.color === color)
      const provided = (step.blocks ?? []).flatMap(({ provides }) => (provides?.color === color ? [provides] : []))
      return [...own, ...provided].map(({ at }) => mention('step', bound.name, captionOf(step), at))
    }),
  ]
}

function readersIn({ bound }: AggregatedRoute, color: string): Mention[] {
  const readers = [...readsOfRoute(bound)].filter(({ read }) => readsColor(read, color))
  return unique(
    readers.map(({ read: { at }, reader }) => {
      if ('step' in reader) return mention('step', bound.name, captionOf(reader.step), at)
      return reader.kind === 'priority'
        ? mention('step', bound.name, 'priority', at)
        : mention('response', bound.name, 'response', at)
    }),
  )
}

function captionOf(step: BoundStep): string {
  return step.caption?.title ?? step.kind
}

function readsColor({ reference }: Read, color: string): boolean {
  if (reference.kind === 'color') return reference.color === color
  return reference.kind === 'everything' || (reference.kind === 'colors' && reference.colors.includes(color))
}

function findSeers(color: string, routes: readonly AggregatedRoute[]): NonNullable<ColorExplanation['seenBy']> {
  const services = new Map<string, Seen & { routes: string[] }>()
  const responses: Mention[] = []
  for (const { bound } of routes) {
    if (!producedColors(bound).has(color)) continue
    const traced = traceValues(bound, (name) => name === color)
    for (const { service, operation, to } of [...everyStep(bound.body)].flatMap((step) => sentBy(step, traced))) {
      const key = `${operation} ${to}`
      const seen = services.get(key) ?? { service, operation, to, routes: [] }
      if (!seen.routes.includes(bound.name)) seen.routes.push(bound.name)
      services.set(key, seen)
    }
    for (const { detail, reads } of answersOf(bound)) {
      const found = reads.filter((read) => tracedBehind(read, traced) !== undefined)
      responses.push(...found.map(({ at }) => mention('response', bound.name, detail, at)))
    }
  }
  return { services: [...services.values()], responses: unique(responses) }
}

function sentBy(step: BoundStep, traced: ReturnType<typeof traceValues>): Omit<Seen, 'routes'>[] {
  return callsOf(step).flatMap((call) =>
    partsOfOperation(call.operation, call.overrides)
      .filter(({ reads }) => reads.some((read) => tracedBehind(read, traced) !== undefined))
      .map(({ to }) => {
        const { service, name } = call.operation
        return { service: service.name, operation: `${service.name}.${name}`, to }
      }),
  )
}

/** Everything that a client may be sent: the response, and what respond and throw say. */
function answersOf(route: BoundRoute): { detail: string; reads: readonly Read[] }[] {
  const exits = [...everyStep(route.body)].filter((step) => step.ends)
  return [
    { detail: 'response', reads: route.response?.reads ?? [] },
    ...exits.map((step) => ({ detail: captionOf(step), reads: step.response?.reads ?? step.reads ?? [] })),
  ]
}

function unique(mentions: readonly Mention[]): Mention[] {
  return [...new Map(mentions.map((entry) => [JSON.stringify(entry), entry])).values()]
}
