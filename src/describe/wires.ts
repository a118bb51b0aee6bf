import type { Read } from '../binding/reference.ts'
import { type BoundRoute, everyStep } from '../plan/bound-route.ts'
import { walkDataflow } from '../plan/dataflow.ts'
import type { Producer } from '../plan/knowledge.ts'
import type { BoundStep } from '../steps/step.ts'

/** A value that goes from who gives it to who reads it. */
export interface Wire {
  /** A color, or the path of what is no color: `steps.banners`, `request.id`. */
  readonly what: string
  readonly from: Producer
  /** Undefined: the route's response. */
  readonly to: BoundStep | undefined
  readonly read: Read
}

/** What a read is called in a drawing or a list; undefined for what no step gives (`item`, the whole context). */
export function nameRead({ reference }: Read): readonly string[] {
  switch (reference.kind) {
    case 'color':
      return [reference.color]
    case 'colors':
      return reference.colors
    case 'request':
      return [['request', ...reference.rest].join('.')]
    case 'step':
      return reference.id === undefined ? [] : [`steps.${reference.id}`]
    default:
      return []
  }
}

/** Every wire of a route, found by the walk that the checks use; one from each step that may have given the value last. */
export function findWires(route: BoundRoute): Wire[] {
  const calls = Map.groupBy(
    [...everyStep(route.body)].filter((step) => step.call),
    (step) => step.name,
  )
  const wires: Wire[] = []
  walkDataflow(route, {
    entersParts: true,
    read(read, known, to) {
      const { reference } = read
      const addColor = (color: string) => {
        for (const from of known.producers.get(color) ?? []) wires.push({ what: color, from, to, read })
      }
      switch (reference.kind) {
        case 'color':
          return addColor(reference.color)
        case 'colors':
          return reference.colors.forEach(addColor)
        case 'everything':
          return [...known.producers.keys()].forEach(addColor)
        case 'request':
          wires.push({ what: nameRead(read)[0]!, from: 'request', to, read })
          return
        case 'step': {
          const names = reference.id === undefined ? [...known.calls] : [reference.id]
          for (const name of names)
            for (const from of calls.get(name) ?? []) wires.push({ what: `steps.${name}`, from, to, read })
        }
      }
    },
  })
  return wires
}
