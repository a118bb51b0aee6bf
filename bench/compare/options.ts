import { parseArgs } from 'node:util'
import type { LoadPlan } from '../harness/measure.ts'
import { findScenario, findVariant } from '../harness/options.ts'
import type { Scenario, Variant } from '../harness/scenario.ts'
import { scenarios } from '../scenarios/index.ts'

export interface CompareOptions {
  readonly commits: readonly [a: string, b: string | undefined]
  readonly scenario: Scenario
  /** The gateway of it whose page is asked for. */
  readonly variant: Variant
  readonly rounds: number
  readonly plan: LoadPlan
  /** Noisy measurements that are made again, in all. */
  readonly repeats: number
  /** Subjects of bench/micro; undefined: the page. */
  readonly micro: readonly string[] | undefined
  readonly json: boolean
}

export const usage = `npm run bench:compare -- <commit> [<commit>] [options]

Compares the CPU time a request of two commits; the second is the working tree unless named.

  --scenario <name>   the page: of a scenario's first gateway, or of another as mosaic/tessera (home)
  --rounds <n>        pairs of measurements, A B B A … (7)
  --seconds <n>       length of a measurement (5)
  --warm-up <n>       load before it (15)
  --connections <n>   concurrent requests (16)
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
      scenario: text,
      json: { type: 'boolean', default: false },
    },
  })
  const [a, b, ...more] = positionals
  if (a === undefined || more.length > 0) throw new Error(usage)
  const isMicro = values.micro !== undefined
  return {
    commits: [a, b],
    ...findPage(values.scenario ?? 'home'),
    rounds: readCount('rounds', values.rounds ?? '7', 1),
    repeats: readCount('repeats', values.repeats ?? '20', 0),
    plan: {
      connections: readCount('connections', values.connections ?? '16', 1),
      warmUpSeconds: readCount('warm-up', values['warm-up'] ?? '15', 1),
      seconds: readCount('seconds', values.seconds ?? '5', 1),
    },
    micro: isMicro ? values.micro!.split(',').filter((name) => name !== '' && name !== 'all') : undefined,
    json: values.json,
  }
}

/** `mosaic`, or `passthrough/tessera-256kb`. */
function findPage(text: string): Pick<CompareOptions, 'scenario' | 'variant'> {
  const [name = '', server] = text.split('/')
  const scenario = findScenario(name, scenarios)
  const gateways = scenario.variants.filter(({ config }) => config !== undefined)
  const variant = server === undefined ? gateways[0]! : findVariant(server, { ...scenario, variants: gateways })
  return { scenario, variant }
}

function readCount(name: string, text: string, least: number): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) < least)
    throw new Error(`--${name} takes a whole number from ${least}, not ${text}`)
  return Number(text)
}
