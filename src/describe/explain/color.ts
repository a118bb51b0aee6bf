import type { ColorDefinition } from '../../binding/color.ts'
import type { Read } from '../../binding/reference.ts'
import { type BoundRoute, everyStep, producedColors } from '../../plan/bound-route.ts'
import type { AggregatedRoute, Snapshot } from '../../plan/snapshot.ts'
import { tracedBehind, traceValues } from '../../plan/traced-values.ts'
import { isSensitive, maskType } from '../../redaction.ts'
import type { BoundStep } from '../../steps/step.ts'
import { type ColorUse, captionOf, producersOf, readersOf } from './color-uses.ts'
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

/** A place that speaks of a color, and where it stands. */
export interface Mention extends Omit<ColorUse, 'at'> {
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
  const configuration = { catalogue: snapshot.catalogue, routes: routes.map(({ bound }) => bound) }
  return {
    color: name,
    description,
    sensitivity,
    schema: maskType(schema, sensitivity),
    at: printPlace(at),
    producers: producersOf(name, configuration).map(place),
    readers: unique(readersOf(name, configuration).map(place)),
    seenBy: isSensitive(definition) ? findSeers(name, routes) : undefined,
  }
}

function place({ at, ...use }: ColorUse): Mention {
  return { ...use, at: printPlace(at) }
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
      responses.push(...found.map(({ at }) => place({ kind: 'response', name: bound.name, detail, at })))
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
