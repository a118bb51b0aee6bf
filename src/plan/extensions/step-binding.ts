import type { StepBinding } from '../../steps/step.ts'

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const isPlaced = (value: unknown) => isObject(value) && isObject(value['at'])
const isText = (value: unknown) => typeof value === 'string'

/** The lists of a binding, and what is in them. */
const lists: Readonly<Record<string, readonly [is: (value: unknown) => boolean, wanted: string]>> = {
  reads: [
    (value) => isPlaced(value) && isObject((value as Record<string, unknown>)['reference']),
    'reads, as `bindTemplate` gives them',
  ],
  writes: [
    (value) => isPlaced(value) && isText((value as Record<string, unknown>)['color']),
    'colors, each with the place that writes it',
  ],
  raises: [isText, 'error codes'],
  blocks: [
    (value) => isPlaced(value) && Array.isArray((value as Record<string, unknown>)['steps']),
    'blocks, as `binder.block` gives them',
  ],
  derives: [isObject, 'colors and what they are made of'],
}

/** What is wrong with what a kind told of a step: the checks go through it without looking. */
export function faultOfBinding(binding: StepBinding): string | undefined {
  if (!isObject(binding)) return '`bind` gives no binding'
  if (typeof binding.compile !== 'function') return 'the binding has no `compile`'
  for (const [key, [is, wanted]] of Object.entries(lists)) {
    const list = binding[key as keyof StepBinding] as unknown
    if (list !== undefined && !(Array.isArray(list) && list.every(is)))
      return `\`${key}\` of the binding is a list of ${wanted}`
  }
  return undefined
}
