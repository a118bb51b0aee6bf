import { duration, share, size, timeSpan } from '../binding/scalars.ts'
import { printDuration } from '../expressions/units.ts'

/** A checked value as a file would have it: 1000 of a duration is `1s`. `shape` is the definition that it comes from. */
export function writeValue(value: unknown, shape: unknown): unknown {
  if (typeof value === 'number') {
    if (shape === duration || shape === timeSpan) return printDuration(value)
    if (shape === size) return printSize(value)
    if (shape === share) return `${value * 100}%`
  }
  if (!isAddress(value)) return value
  return value.host === undefined ? value.port : `${value.host}:${value.port}`
}

function printSize(bytes: number): string {
  return bytes % 1024 ** 2 === 0 ? `${bytes / 1024 ** 2}MB` : `${bytes / 1024}KB`
}

function isAddress(value: unknown): value is { host: string | undefined; port: number } {
  return typeof value === 'object' && value !== null && 'port' in value
}
