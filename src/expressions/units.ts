/** Quantities as operators write them (LANGUAGE "Values"). Each gives undefined for what is not such a quantity. */

const millisecondsIn: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const bytesIn: Record<string, number> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }
const unitsIn: Record<string, number> = { '': 1, K: 1000, M: 1_000_000 }

/** `150ms`, `3s`, `10m`, `1.5h`, `7d` in milliseconds. Of plain numbers only `0` is one: any other lacks its unit. */
export function parseDuration(text: unknown): number | undefined {
  if (text === 0 || text === '0') return 0
  return parseQuantity(text, /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/, millisecondsIn)
}

/** `64KB`, `2MB`, `512B`, or a plain number of bytes, in bytes. A kilobyte is 1024 bytes. */
export function parseSize(text: unknown): number | undefined {
  if (typeof text === 'number') return Number.isSafeInteger(text) && text >= 0 ? text : undefined
  const bytes = parseQuantity(text, /^(\d+(?:\.\d+)?)(B|KB|MB|GB)$/, bytesIn)
  return bytes === undefined ? undefined : Math.round(bytes)
}

/** `1000`, `10K`, `2M`: a whole number of at least one. */
export function parseCount(text: unknown): number | undefined {
  const count = typeof text === 'number' ? text : parseQuantity(text, /^(\d+(?:\.\d+)?)(K|M|)$/, unitsIn)
  return Number.isSafeInteger(count) && count! > 0 ? count : undefined
}

/** A count as an operator would write it: `1000`, `10K`, `2M`. */
export function printCount(count: number): string {
  for (const unit of ['M', 'K'] as const) {
    const units = count / unitsIn[unit]!
    // `1000` reads better than `1K`.
    if (units >= (unit === 'K' ? 10 : 1) && Number.isInteger(units * 10)) return `${units}${unit}`
  }
  return String(count)
}

/** `100/s`, `600/m`, `5000/h` in events per second. */
export function parseRate(text: unknown): number | undefined {
  const found = typeof text === 'string' ? /^(\d+(?:\.\d+)?)\/(s|m|h)$/.exec(text) : null
  return found ? (Number(found[1]) * 1000) / millisecondsIn[found[2]!]! : undefined
}

/** `50%`, `0.1%` as a share from 0 to 1. */
export function parseShare(text: unknown): number | undefined {
  const found = typeof text === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(text) : null
  const share = found ? Number(found[1]) / 100 : Number.NaN
  return share <= 1 ? share : undefined
}

/** Milliseconds as an operator would write them: `150ms`, `1.5s`, `10m`, `1h`, `7d`. */
export function printDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = ms / millisecondsIn[unit]!
    if (count >= 1 && Number.isInteger(count * 10)) return `${count}${unit}`
  }
  return `${Math.round(ms * 10) / 10}ms`
}

function parseQuantity(text: unknown, pattern: RegExp, units: Record<string, number>): number | undefined {
  const found = typeof text === 'string' ? pattern.exec(text) : null
  const value = found ? Number(found[1]) * units[found[2]!]! : Number.NaN
  return Number.isFinite(value) ? value : undefined
}
