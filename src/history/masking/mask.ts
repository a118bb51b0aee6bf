import type { Area } from '../../expressions/area.ts'
import { printJson } from '../../json-text.ts'
import type { Tokens } from './tokens.ts'
import type { Keeping } from './unnamed.ts'

/** A place in a value where something is that is nobody's to know. */
export interface Mask {
  readonly area: Area
  readonly keeping: Keeping
}

/** A value as it is kept: `pii` as a token, of what is `secret` nothing. Masks tell too much rather than too little. */
export function maskValue(value: unknown, masks: readonly Mask[], tokens: Tokens): unknown {
  if (masks.length === 0 || value === undefined || value === null) return value
  const whole = masks.filter(({ area }) => area.length === 0)
  if (whole.length > 0) return hide(value, whole, tokens)
  if (Array.isArray(value))
    // In a list nothing has a place of its own.
    return value.map((element, index) => maskValue(element, inside(masks, index), tokens) ?? null)
  if (typeof value !== 'object') return value
  const masked: Record<string, unknown> = Object.create(null)
  for (const [name, member] of Object.entries(value)) {
    const shown = maskValue(member, inside(masks, name), tokens)
    if (shown !== undefined) masked[name] = shown
  }
  return masked
}

function hide(value: unknown, masks: readonly Mask[], tokens: Tokens): unknown {
  const isKept = (as: Keeping) => masks.some(({ keeping }) => keeping === as)
  if (isKept('secret')) return undefined
  return isKept('pii') ? tokens.of(value) : describeUnshown(value, Buffer.byteLength(printJson(value) ?? ''))
}

function inside(masks: readonly Mask[], step: string | number): Mask[] {
  return masks.flatMap((mask) => {
    const [first, ...area] = mask.area
    // An index from the end may be any.
    const isHere = first === null || first === step || (typeof first === 'number' && first < 0)
    return isHere ? [{ ...mask, area }] : []
  })
}

/** What stands in place of a value that no color names, or that is too big to be kept. */
export function describeUnshown(value: unknown, bytes: number): object {
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  return { unshown: type, bytes }
}
