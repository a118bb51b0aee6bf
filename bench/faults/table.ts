import { cpus, loadavg, release } from 'node:os'
import { type GatewayPromise, judgePromise, type Sight } from './promise.ts'

/** What came of a promise. */
export interface Outcome {
  readonly promise: Pick<GatewayPromise, 'name' | 'promised'>
  readonly sights: readonly Sight[]
  readonly seconds: number
}

/** A row a promise, and below it what breaks one or could not be judged. */
export function printTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ promise, sights }) => {
    const verdict = judgePromise(sights)
    const cells = [promise.name, promise.promised, sights.map(printSight).join('; '), printVerdict(verdict)]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  })
  const open = outcomes.flatMap(({ promise, sights }) =>
    sights
      .filter(({ verdict }) => verdict === 'broken' || verdict === 'not judged')
      .map(
        ({ what, bound, seen, verdict, why }) =>
          `${promise.name}: ${verdict}: ${what}: ${seen}${bound && `, promised ${bound}`}${why ? ` (${why})` : ''}`,
      ),
  )
  return ['| promise | what is promised | what was seen | holds |', '| --- | --- | --- | --- |', ...rows]
    .concat(open.length > 0 ? ['', ...open] : [])
    .join('\n')
}

export function describeMachine(): string {
  const cores = cpus()
  const load = loadavg()
    .map((figure) => figure.toFixed(1))
    .join(' ')
  return `Node ${process.version}, ${cores[0]?.model.trim()}, ${cores.length} cores, Linux ${release()}; load average ${load}.`
}

function printSight({ what, bound, seen }: Sight): string {
  return `${what}: ${seen}${bound && ` (${bound})`}`
}

function printVerdict(verdict: ReturnType<typeof judgePromise>): string {
  return verdict === 'holds' ? 'yes' : verdict === 'broken' ? '**NO**' : 'not judged'
}
