import { relative, sep } from 'node:path'

/** Prints the seconds that each folder of tests took, the longest first: what to look at when the suite grows slow. */
export default class FolderTimes {
  #root

  /** @param {{ rootDir: string }} config */
  constructor({ rootDir }) {
    this.#root = rootDir
  }

  /** @param {unknown} _contexts @param {{ testResults: { testFilePath: string, perfStats: { runtime: number } }[] }} results */
  onRunComplete(_contexts, { testResults }) {
    const seconds = new Map()
    for (const { testFilePath, perfStats } of testResults) {
      const [, folder] = relative(this.#root, testFilePath).split(sep)
      seconds.set(folder, (seconds.get(folder) ?? 0) + perfStats.runtime / 1000)
    }
    if (seconds.size < 2) return
    const lines = [...seconds]
      .sort(([, a], [, b]) => b - a)
      .map(([folder, s]) => `${s.toFixed(1).padStart(7)} s  ${folder}`)
    console.log(`\nTime of each folder:\n${lines.join('\n')}`)
  }
}
