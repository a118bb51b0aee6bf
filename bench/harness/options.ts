import { parseArgs } from 'node:util'
import type { LoadPlan } from './measure.ts'
import { type Variant, variants } from './variants.ts'

export interface Options {
  readonly variants: readonly Variant[]
  readonly rounds: number
  /** Noisy measurements that are made again. */
  readonly repeats: number
  readonly plan: LoadPlan
  readonly json: boolean
  readonly install: boolean
  readonly help: boolean
}

export const usage = `npm run bench -- [options]

  --quick             three short rounds, in less than two minutes: for a first look
  --rounds <n>        rounds (5)
  --seconds <n>       length of a measurement, whole seconds (5)
  --warm-up <n>       load before it (3)
  --connections <n>   concurrent requests (32)
  --repeats <n>       noisy measurements that are made again, in all (20)
  --only <names>      some of ${variants.map(({ name }) => name).join(',')}
  --json              a last line {"ratios": {…}}: CPU time a request, Tessera's over each peer's
  --install           apt-get install nginx-light and wrk first`

/** @throws Error whose message is for the person at the terminal */
export function readOptions(args: readonly string[]): Options {
  const number = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ quick: flag, json: flag, install: flag, help: flag, only: number },
      ...{ rounds: number, seconds: number, 'warm-up': number, connections: number, repeats: number },
    },
  })
  const quick = values.quick
  return {
    variants: values.only === undefined ? variants : values.only.split(',').map(findVariant),
    rounds: readCount('rounds', values.rounds ?? (quick ? '3' : '5')),
    repeats: values.repeats === '0' ? 0 : readCount('repeats', values.repeats ?? (quick ? '4' : '20')),
    plan: {
      connections: readCount('connections', values.connections ?? '32'),
      warmUpSeconds: readCount('warm-up', values['warm-up'] ?? (quick ? '2' : '3')),
      seconds: readCount('seconds', values.seconds ?? (quick ? '3' : '5')),
    },
    json: values.json,
    install: values.install,
    help: values.help,
  }
}

function readCount(name: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error(`--${name} takes a whole number from 1, not ${text}`)
  return Number(text)
}

export function findVariant(name: string): Variant {
  const variant = variants.find((candidate) => candidate.name === name)
  if (variant === undefined) throw new Error(`there is no ${name}: ${variants.map((known) => known.name).join(', ')}`)
  return variant
}
