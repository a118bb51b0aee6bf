/** Times single pieces of the hot path, without sockets: `npm run bench:micro -- [subject …] [--json]`. */
import { parseArgs } from 'node:util'
import { run } from 'mitata'

/** Each is a file in `subjects/` that adds its benchmarks. */
const subjects = [
  ...['paths', 'templates', 'expressions'],
  ...['breaker', 'deadline', 'stack', 'page'],
  ...['routing', 'responses', 'json', 'tracing', 'tokens', 'access-log'],
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
})
const chosen = subjects.filter((name) => positionals.length === 0 || positionals.some((part) => name.includes(part)))
if (chosen.length === 0) {
  console.error(`There is no ${positionals.join(' or ')}: ${subjects.join(', ')}`)
  process.exit(1)
}

const missing: Record<string, string> = {}
for (const name of chosen) {
  try {
    const { addBenchmarks } = (await import(`./subjects/${name}.ts`)) as { addBenchmarks(): void | Promise<void> }
    await addBenchmarks()
  } catch (error) {
    // An older commit, compared with this one, may lack what a subject is about.
    if (!values.json) throw error
    missing[name] = String(error)
  }
}
const { benchmarks } = await run({ throw: true, ...(values.json && { format: 'quiet' }) })
if (values.json) console.log(JSON.stringify({ nanoseconds: readMedians(), missing }))

/** Median time of each benchmark, by its name. */
function readMedians(): Record<string, number> {
  return Object.fromEntries(
    benchmarks.flatMap(({ runs }) => runs.flatMap(({ name, stats }) => (stats ? [[name, stats.p50]] : []))),
  )
}
