/** Whether the gateway keeps its promises on a bad day: `npm run faults -- [options]`. See README.md. */
import { leaveServerCore } from '../harness/processor.ts'
import { findObstacle } from '../harness/requirements.ts'
import { readOptions } from './options.ts'
import { type GatewayPromise, judgePromise, type Sight } from './promise.ts'
import { promises } from './promises/index.ts'
import { takePrecedence } from './scene/precedence.ts'
import { type Chance, type Thoroughness, withScene } from './scene/scene.ts'
import { describeMachine, type Outcome, printTable } from './table.ts'

try {
  process.exitCode = await runFaults(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function runFaults(args: readonly string[]): Promise<number> {
  const { chosen, chance, thoroughness, json, lenient } = readOptions(args, promises)
  const obstacle = findObstacle()
  if (obstacle !== undefined) throw new Error(`Nothing was looked at: ${obstacle}.`)
  leaveServerCore()
  if (!takePrecedence()) console.error('Others on this machine run beside it as equals: times may be theirs.')
  const machineBefore = describeMachine()
  const outcomes: Outcome[] = []
  for (const promise of chosen) {
    const startedAt = performance.now()
    console.error(`${promise.name}: ${promise.promised}`)
    const sights = await lookAt(promise, thoroughness, chance)
    outcomes.push({ promise, sights, seconds: (performance.now() - startedAt) / 1000 })
  }
  console.log(`\n${machineBefore}\n\n${printTable(outcomes)}\n\nAt the end: ${describeMachine()}`)
  if (json) console.log(JSON.stringify(outcomes.map(describeOutcome)))
  const verdicts = outcomes.map(({ sights }) => judgePromise(sights))
  return verdicts.every((verdict) => verdict === 'holds' || (lenient && verdict === 'not judged')) ? 0 : 1
}

async function lookAt(promise: GatewayPromise, thoroughness: Thoroughness, chance: Chance): Promise<Sight[]> {
  const tell = (line: string) => console.error(`  ${line}`)
  try {
    const sights = await withScene(thoroughness, tell, (scene) => promise.look(scene), chance)
    for (const { what, seen, bound, verdict } of sights) tell(`${verdict}: ${what}: ${seen} ${bound && `(${bound})`}`)
    return sights
  } catch (error) {
    console.error(error)
    return [{ what: 'the look itself', bound: '', seen: 'it failed', verdict: 'broken', why: String(error) }]
  }
}

function describeOutcome({ promise: { name, promised }, sights, seconds }: Outcome) {
  return { name, promised, verdict: judgePromise(sights), seconds: Math.round(seconds), sights }
}
