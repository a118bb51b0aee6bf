/**
 * `npm run demo [-- names…] [--fast] [--port-base 9000]`: the six demo backends, one line each. Ctrl-C ends them.
 */
import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startDemoBackends } from './backends.ts'
import { type DemoServiceName, demoServiceNames } from './services/index.ts'

export { startDemoBackends } from './backends.ts'

const isEntry = process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
if (isEntry) await runDemo()

async function runDemo(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      fast: { type: 'boolean', default: false },
      'port-base': { type: 'string', default: process.env.DEMO_PORT_BASE ?? '9000' },
    },
  })
  const unknown = positionals.find((name) => !demoServiceNames.includes(name as DemoServiceName))
  if (unknown !== undefined) {
    console.error(`no demo backend is called "${unknown}": give some of ${demoServiceNames.join(', ')}`)
    process.exitCode = 2
    return
  }
  try {
    const starting = startDemoBackends({
      portBase: Number(values['port-base']),
      ...(positionals.length > 0 && { names: positionals as DemoServiceName[] }),
      ...(values.fast && { env: { DEMO_LATENCY: '0' } }),
      log: (line) => console.log(line),
    })
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void starting.then((demo) => demo.stop()).finally(() => process.exit()))
    }
    await starting
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
