import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { serverCore } from '../harness/processor.ts'
import { comparePairs, type PairedDifference } from './paired.ts'
import { type Tree, workingTree } from './worktrees.ts'

const bench = fileURLToPath(new URL('../', import.meta.url))
const run = promisify(execFile)

interface MicroResult {
  /** By the benchmark's name. */
  readonly nanoseconds: Readonly<Record<string, number>>
  /** Subjects that a tree's sources do not have. */
  readonly missing: Readonly<Record<string, string>>
}

/** Runs this tree's micro benchmarks on both trees' sources, A B B A, each time in a fresh process. */
export async function compareMicro(
  trees: readonly [Tree, Tree],
  subjects: readonly string[],
  rounds: number,
): Promise<{ differences: Map<string, PairedDifference>; missing: string[] }> {
  for (const tree of trees) if (tree !== workingTree) bringBenchmarks(tree)
  const results: [MicroResult[], MicroResult[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      console.error(`round ${round + 1}  ${trees[side].title}`)
      results[side].push(await measure(trees[side], subjects))
    }
  }
  const [a, b] = results
  const names = Object.keys(a[0]!.nanoseconds).filter((name) => name in b[0]!.nanoseconds)
  const timesOf = (side: MicroResult[], name: string) => side.map(({ nanoseconds }) => nanoseconds[name]!)
  return {
    differences: new Map(names.map((name) => [name, comparePairs(timesOf(a, name), timesOf(b, name))])),
    missing: [...new Set(results.flatMap((side) => Object.keys(side[0]!.missing)))],
  }
}

/** What is measured with must be the same on both sides. */
function bringBenchmarks({ directory }: Tree): void {
  for (const part of ['micro', 'scenarios', 'peers'])
    cpSync(join(bench, part), join(directory, 'bench', part), { recursive: true, force: true })
}

async function measure({ directory }: Tree, subjects: readonly string[]): Promise<MicroResult> {
  const main = join(directory, 'bench/micro/main.ts')
  const { stdout } = await run('taskset', ['-c', String(serverCore), process.execPath, main, ...subjects, '--json'])
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!)
}
