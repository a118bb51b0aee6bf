/** What a gateway is like to live with: `npm run bench:life -- [names] [options]`. See README.md. */
import { cpus, loadavg, release } from 'node:os'
import { parseArgs } from 'node:util'
import { leaveServerCore } from '../harness/processor.ts'
import { findObstacle } from '../harness/requirements.ts'
import { coldStart } from './cold-start.ts'
import { firstPart } from './first-part.ts'
import { latency } from './latency.ts'
import { memory } from './memory.ts'
import { reloads } from './reloads.ts'
import type { Finding, LifeOptions, LifeScenario } from './scenario.ts'
import { soak } from './soak.ts'

const scenarios: readonly LifeScenario[] = [latency, firstPart, coldStart, memory, soak, reloads]

const usage = `npm run bench:life -- [names] [options]

${scenarios.map(({ name, summary }) => `  ${name.padEnd(12)}${summary}`).join('\n')}

  --seconds <n>   length of a measurement of latency and memory (20)
  --starts <n>    cold starts of each kind (9)
  --minutes <n>   length of the soak (2; ten for a verdict)
  --soak-rate <n> requests a second of the soak (half of what the server can do)
  --reloads <n>   how many (1000)
  --rate <n>      requests a second while reloading (500)
  --json          a last line with the findings
  --strict        ends with 1 when a promise was not kept`

try {
  process.exitCode = await runLife(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function runLife(args: readonly string[]): Promise<number> {
  const { chosen, options, json, strict } = readOptions(args)
  const obstacle = findObstacle()
  if (obstacle !== undefined) throw new Error(`Nothing was measured: ${obstacle}.`)
  leaveServerCore()
  const found: { scenario: string; finding: Finding }[] = []
  let hasBroken = false
  for (const { name, summary, mustHold = false, run } of chosen) {
    options.tell(`${name}: ${summary}`)
    for (const finding of await run(options)) {
      found.push({ scenario: name, finding })
      if (mustHold && finding.promised !== '' && finding.met !== true) hasBroken = true
    }
  }
  console.log(`
Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, Linux ${release()}; load average ${loadavg()[0]?.toFixed(1)}.
Server on core 0; backends, load and this harness on core 1.

| scenario | what | promised | seen | kept |
| --- | --- | --- | --- | --- |`)
  for (const { scenario, finding } of found) {
    const { what, promised, seen, met } = finding
    console.log(`| ${scenario} | ${what} | ${promised} | ${seen} | ${met === undefined ? '' : met ? 'yes' : 'NO'} |`)
  }
  if (json) console.log(JSON.stringify(found.map(({ scenario, finding }) => ({ scenario, ...finding }))))
  return hasBroken || (strict && found.some(({ finding }) => finding.met === false)) ? 1 : 0
}

function readOptions(args: readonly string[]) {
  const number = (usual: string) => ({ type: 'string', default: usual }) as const
  const flag = { type: 'boolean', default: false } as const
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...{ seconds: number('20'), starts: number('9'), minutes: number('2'), reloads: number('1000') },
      ...{ 'soak-rate': { type: 'string' }, rate: number('500'), json: flag, strict: flag, help: flag },
    },
  })
  const unknown = positionals.find((name) => scenarios.every((scenario) => scenario.name !== name))
  if (values.help || unknown !== undefined) throw new Error(unknown === undefined ? usage : `no ${unknown}: ${usage}`)
  const options: LifeOptions = {
    seconds: readPositive('seconds', values.seconds),
    starts: readPositive('starts', values.starts),
    minutes: readPositive('minutes', values.minutes),
    soakRate: values['soak-rate'] === undefined ? undefined : readPositive('soak-rate', values['soak-rate']),
    reloads: readPositive('reloads', values.reloads),
    rate: readPositive('rate', values.rate),
    tell: (line) => console.error(line),
  }
  const chosen = scenarios.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
  return { chosen, options, json: values.json, strict: values.strict }
}

function readPositive(name: string, text: string): number {
  if (!/^\d{1,5}(\.\d+)?$/.test(text) || Number(text) <= 0)
    throw new Error(`--${name} takes a number above 0, not ${text}`)
  return Number(text)
}
