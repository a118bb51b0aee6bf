import { parseArgs } from 'node:util'
import type { LoadPlan } from './measure.ts'
import type { Scenario, Variant } from './scenario.ts'

export interface Options {
  /** What is measured, with its variants already chosen. */
  readonly tasks: readonly Task[]
  readonly plan: LoadPlan
  readonly json: boolean
  readonly save: boolean
  readonly install: boolean
  readonly list: boolean
  readonly help: boolean
}

/** A scenario's part in a run. */
export interface Task {
  readonly scenario: Scenario
  readonly variants: readonly Variant[]
  readonly rounds: number
  /** Noisy measurements that are made again. */
  readonly repeats: number
}

export const usage = `npm run bench -- [options]

  --quick             short, in less than five minutes: the main page beside all peers, and the ratios of the table
  --scenario <names>  some of them, with commas; --list says which there are
  --only <names>      some of their servers, with commas: tessera,fastify-undici
  --rounds <n>        rounds (5)
  --seconds <n>       length of a measurement, whole seconds (5)
  --warm-up <n>       load before the first of them, seconds (15)
  --connections <n>   concurrent requests (32)
  --repeats <n>       noisy measurements that are made again, in each scenario (20)
  --save              keep tables and chart as bench/last-result.md and .svg
  --json              a last line {"ratios": {…}}: CPU time a request, Tessera's over each peer's
  --install           apt-get install nginx with its Lua module, lua-cjson and wrk first
  --list              only tell the scenarios and their servers`

/** @throws Error whose message is for the person at the terminal */
export function readOptions(args: readonly string[], scenarios: readonly Scenario[]): Options {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ quick: flag, json: flag, save: flag, install: flag, list: flag, help: flag },
      ...{ scenario: text, only: text, rounds: text, repeats: text },
      ...{ seconds: text, 'warm-up': text, connections: text },
    },
  })
  const { quick } = values
  const rounds = values.rounds === undefined ? undefined : readCount('rounds', values.rounds)
  const repeats = values.repeats === '0' ? 0 : readCount('repeats', values.repeats ?? (quick ? '1' : '20'))
  const named = values.scenario?.split(',').map((name) => findScenario(name, scenarios))
  const chosen = named ?? (quick ? scenarios.filter((scenario) => scenario.quick !== undefined) : scenarios)
  const names = values.only?.split(',')
  const tasks = chosen.map((scenario): Task => {
    const part = quick ? scenario.quick : undefined
    const wanted = names ?? part?.variants
    return {
      scenario,
      variants: wanted ? scenario.variants.filter(({ name }) => wanted.includes(name)) : scenario.variants,
      rounds: rounds ?? part?.rounds ?? (quick ? 2 : 5),
      repeats,
    }
  })
  for (const name of names ?? []) {
    if (!chosen.some(({ variants }) => variants.some((variant) => variant.name === name)))
      throw new Error(`no scenario that was chosen has a server ${name}; --list tells them`)
  }
  return {
    tasks: tasks.filter(({ variants }) => variants.length > 0),
    plan: {
      connections: readCount('connections', values.connections ?? '32'),
      warmUpSeconds: readCount('warm-up', values['warm-up'] ?? (quick ? '6' : '15')),
      seconds: readCount('seconds', values.seconds ?? (quick ? '3' : '5')),
    },
    json: values.json,
    save: values.save,
    install: values.install,
    list: values.list,
    help: values.help,
  }
}

function readCount(name: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new Error(`--${name} takes a whole number from 1, not ${text}`)
  return Number(text)
}

export function findScenario(name: string, scenarios: readonly Scenario[]): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name)
  if (scenario === undefined) throw new Error(`there is no ${name}: ${scenarios.map((known) => known.name).join(', ')}`)
  return scenario
}

export function findVariant(name: string, { name: scenario, variants }: Scenario): Variant {
  const variant = variants.find((candidate) => candidate.name === name)
  if (variant === undefined)
    throw new Error(`${scenario} has no ${name}: ${variants.map((known) => known.name).join(', ')}`)
  return variant
}
