import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { readOptions } from '../../bench/compare/options.ts'
import { bootstrapMedian, comparePairs, describeDifference } from '../../bench/compare/paired.ts'
import { median } from '../../bench/life/statistics.ts'

const place = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

describe('two commits', () => {
  const drifting = [100, 110, 130, 90, 95, 105, 120]

  test('differ when every pair says so, however much both drift', () => {
    const difference = comparePairs(
      drifting,
      drifting.map((time, index) => time * (0.95 + (index % 3) / 100)),
    )
    expect(difference.medianRatio).toBeCloseTo(0.96)
    expect(difference.verdict).toBe('less')
    expect(describeDifference(difference)).toMatch(/^0\.9\d\d× \(0\.9\d\d–0\.9\d\d\): less/)
  })

  test('do not differ when the pairs disagree', () => {
    const swings = [1.04, 0.97, 1.02, 0.95, 1.01, 0.98, 1.03]
    expect(
      comparePairs(
        drifting,
        drifting.map((time, index) => time * swings[index]!),
      ).verdict,
    ).toBe('no difference')
  })

  test('are told apart the other way too', () => {
    expect(
      comparePairs(
        drifting,
        drifting.map((time) => time * 1.1),
      ).verdict,
    ).toBe('more')
  })

  test('cannot be told apart by four pairs', () => {
    expect(comparePairs([100, 100, 100, 100], [50, 51, 52, 53]).verdict).toBe('unknown')
  })
})

test('the interval of a median lies around it and within the values', () => {
  const values = fc.array(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(values, (some) => {
      const [low, high] = bootstrapMedian(some)
      expect(low).toBeLessThanOrEqual(median(some))
      expect(high).toBeGreaterThanOrEqual(median(some))
      expect(low).toBeGreaterThanOrEqual(Math.min(...some))
      expect(high).toBeLessThanOrEqual(Math.max(...some))
    }),
    { numRuns: 10 },
  )
})

describe('the options of a comparison', () => {
  test('take one commit or two', () => {
    expect(readOptions(['main'])).toMatchObject({ commits: ['main', undefined], rounds: 7, micro: undefined })
    expect(readOptions(['a', 'b', '--rounds', '9'])).toMatchObject({ commits: ['a', 'b'], rounds: 9 })
  })

  test('take the home page unless another is named, of a gateway', () => {
    expect(readOptions(['a'])).toMatchObject({ scenario: { name: 'home' }, variant: { name: 'tessera' } })
    const big = readOptions(['a', '--scenario', 'passthrough/tessera-256kb'])
    expect(big).toMatchObject({ scenario: { name: 'passthrough' }, variant: { name: 'tessera-256kb' } })
    expect(readOptions(['a', '--scenario', 'passthrough']).variant.name).toBe('tessera-2kb')
    expect(() => readOptions(['a', '--scenario', 'mosaic/nginx-lua'])).toThrow('mosaic has no nginx-lua: tessera')
    expect(() => readOptions(['a', '--scenario', 'hoem'])).toThrow('there is no hoem: home, ')
  })

  test('choose micro benchmarks', () => {
    expect(readOptions(['a', '--micro', 'all']).micro).toEqual([])
    expect(readOptions(['a', '--micro', 'paths,routing']).micro).toEqual(['paths', 'routing'])
  })

  test('refuse a count that is none, and no commit at all', () => {
    expect(() => readOptions(['a', '--rounds', '0'])).toThrow('--rounds takes a whole number from 1, not 0')
    expect(() => readOptions([])).toThrow('npm run bench:compare')
  })
})

const isClone = existsSync(place('.git'))
if (!isClone) console.warn('checking out commits is not tested here: this is no clone')
const inClones = isClone ? test : test.skip

inClones('a commit is checked out beside this tree, and removed whatever happens', async () => {
  const script = `
    import { existsSync } from 'node:fs'
    import { checkOut } from ${JSON.stringify(place('bench/compare/worktrees.ts'))}
    const [tree] = checkOut(['HEAD'])
    console.log(JSON.stringify({ ...tree, has: ['src/main.ts', 'node_modules/yaml'].map((path) => existsSync(tree.directory + '/' + path)) }))
    throw new Error('something')`
  const ran = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  const { stdout, stderr } = await ran.catch((failed: { stdout: string; stderr: string }) => failed)
  expect(stderr).toContain('something')
  const { title, directory, has } = JSON.parse(stdout)
  expect(title).toMatch(/^[0-9a-f]{7,} \S/)
  expect(has).toEqual([true, true])
  expect(existsSync(directory)).toBe(false)
  expect(execFileSync('git', ['worktree', 'list'], { cwd: place('.'), encoding: 'utf8' })).not.toContain(directory)
})
