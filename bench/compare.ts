/** Compares the cost of two commits side by side: `node bench/compare.ts <commit> [<commit>]`. See life/README.md. */
import { compareMicro } from './compare/micro.ts'
import { type CompareOptions, readOptions } from './compare/options.ts'
import { comparePage } from './compare/page.ts'
import { describeDifference } from './compare/paired.ts'
import { checkOut, type Tree, workingTree } from './compare/worktrees.ts'
import { leaveServerCore } from './harness/processor.ts'
import { findObstacle } from './harness/requirements.ts'

try {
  await compare(readOptions(process.argv.slice(2)))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function compare(options: CompareOptions): Promise<void> {
  const obstacle = findObstacle()
  if (obstacle !== undefined) throw new Error(`Nothing was measured: ${obstacle}.`)
  leaveServerCore()
  const [a, b] = options.commits
  const trees = (b === undefined ? [...checkOut([a]), workingTree] : checkOut([a, b])) as [Tree, Tree]
  console.log(`A: ${trees[0].title}\nB: ${trees[1].title}\nNode ${process.version}\n`)
  if (options.micro) await tellMicro(trees, options.micro, options)
  else await tellPage(trees, options)
}

async function tellPage(trees: readonly [Tree, Tree], options: CompareOptions): Promise<void> {
  const { difference, method } = await comparePage(trees, options)
  const { medianA, medianB, ratios } = difference
  console.log(`CPU a request: A ${medianA.toFixed(1)} µs, B ${medianB.toFixed(1)} µs. ${method}
B / A, round by round: ${ratios.map((ratio) => ratio.toFixed(3)).join(' ')}
B / A, median with its 95 % interval: ${describeDifference(difference)}`)
  if (options.json) console.log(JSON.stringify(difference))
}

async function tellMicro(
  trees: readonly [Tree, Tree],
  subjects: readonly string[],
  { rounds, json }: CompareOptions,
): Promise<void> {
  const { differences, missing } = await compareMicro(trees, subjects, rounds)
  console.log('| benchmark | A ns | B ns | B / A, median with its 95 % interval |\n| --- | ---: | ---: | --- |')
  for (const [name, difference] of differences) {
    const { medianA, medianB } = difference
    console.log(`| ${name} | ${medianA.toFixed(1)} | ${medianB.toFixed(1)} | ${describeDifference(difference)} |`)
  }
  if (missing.length > 0) console.log(`\nNot in both: ${missing.join(', ')}.`)
  if (json) console.log(JSON.stringify(Object.fromEntries(differences)))
}
