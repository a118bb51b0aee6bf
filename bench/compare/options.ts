import { parseArgs } from 'node:util'

export interface CompareOptions {
  readonly commits: readonly [a: string, b: string | undefined]
  readonly rounds: number
  readonly plan: { readonly connections: number; readonly warmUpSeconds: number; readonly seconds: number }
  /** Noisy measurements that are made again, in all. */
  readonly repeats: number
  /** Subjects of bench/micro; undefined: the page. */
  readonly micro: readonly string[] | undefined
  readonly json: boolean
}

export const usage = `npm run bench:compare -- <commit> [<commit>] [options]

Compares the CPU time a request of two commits; the second is the working tree unless named.

  --rounds <n>        pairs of measurements, A B B A … (7)
  --seconds <n>       length of a measurement (4)
  --warm-up <n>       load before it (3)
  --connections <n>   concurrent requests (32)
  --repeats <n>       noisy measurements that are made again, in all (20)
  --micro <subjects>  the micro benchmarks in place of the page: all, or some of them with commas
  --json              a last line with the figures`

/** @throws Error whose message is for the person at the terminal */
export function readOptions(args: readonly string[]): CompareOptions {
  const text = { type: 'string' } as const
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ rounds: text, seconds: text, 'warm-up': text, connections: text, repeats: text, micro: text },
      json: { type: 'boolean', default: false },
    },
  })
  const [a, b, ...more] = positionals
  if (a === undefined || more.length > 0) throw new Error(usage)
  const isMicro = values.micro !== undefined
  return {
    commits: [a, b],
    rounds: readCount('rounds', values.rounds ?? '7', 1),
    repeats: readCount('repeats', values.repeats ?? '20', 0),
    plan: {
      connections: readCount('connections', values.connections ?? '32', 1),
      warmUpSeconds: readCount('warm-up', values['warm-up'] ?? '3', 1),
      seconds: readCount('seconds', values.seconds ?? '4', 1),
    },
    micro: isMicro ? values.micro!.split(',').filter((name) => name !== '' && name !== 'all') : undefined,
    json: values.json,
  }
}

function readCount(name: string, text: string, least: number): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) < least)
    throw new Error(`--${name} takes a whole number from ${least}, not ${text}`)
  return Number(text)
}
