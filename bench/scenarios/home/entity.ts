/** A thing as its backend tells it, and as the page shows it. */
export interface Entity {
  readonly backend: unknown
  readonly page: unknown
}

export const imageHost = 'https://img.example.com'
export const two = (number: number) => String(number).padStart(2, '0')
export const yuan = (cents: number) => `¥${Math.floor(cents / 100)}.${two(cents % 100)}`

/** The same ones every time. */
export function list(count: number, describe: (index: number) => Entity): Entity[] {
  return Array.from({ length: count }, (_, index) => describe(index))
}
