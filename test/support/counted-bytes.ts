type Measure = (bytes: Uint8Array, args: readonly unknown[], result: unknown) => number
type Methods = Record<string, (...args: unknown[]) => unknown>

/** What goes through bytes, and through how many of them. */
const methods: readonly [owner: object, name: string, measure: Measure][] = [
  [Buffer.prototype, 'copy', (_bytes, _args, copied) => copied as number],
  [Buffer.prototype, 'indexOf', ({ length }, [, from = 0], at) => ((at as number) < 0 ? length : +at!) - +from!],
  [Buffer.prototype, 'toString', ({ length }) => length],
  [Buffer, 'concat', (_bytes, _args, whole) => (whole as Buffer).length],
  [TextDecoder.prototype, 'decode', (_bytes, [some]) => (some as Uint8Array | undefined)?.byteLength ?? 0],
]

/** How many bytes are copied, searched and decoded while something runs: what a reader costs, on any machine. */
export async function countBytes(work: () => unknown): Promise<number> {
  let count = 0
  const restore = methods.map(([owner, name, measure]) => {
    const all = owner as Methods
    const original = all[name]!
    all[name] = function (this: Uint8Array, ...args) {
      const result = Reflect.apply(original, this, args)
      count += measure(this, args, result)
      return result
    }
    return () => {
      all[name] = original
    }
  })
  try {
    await work()
  } finally {
    for (const one of restore) one()
  }
  return count
}
