import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Option } from 'commander'
import { packageRoot, readPackageVersion } from '../version.ts'
import { drawBanner } from './banner.ts'
import { buildConsole } from './build-console.ts'
import {
  allowedVariables,
  type CliCommand,
  defaultConfig,
  type ExitCode,
  type ListenOptions,
  listenOptions,
} from './command.ts'
import { findDemo, startDemo } from './demo-backends.ts'
import { leaveSoon, waitForStop } from './lifecycle.ts'
import { createLogPrinter } from './log-lines.ts'
import { createReloadPrinter } from './reload-lines.ts'
import { printAll } from './reports/pretty.ts'
import type { Terminal } from './terminal.ts'
import { drawRequest } from './waterfall.ts'

interface DevOptions extends ListenOptions {
  readonly demo: boolean
}

export const dev: CliCommand<DevOptions> = {
  name: 'dev',
  summary: 'Run the gateway for a developer: demo backends, live edits, a waterfall of every request.',
  examples: [
    ['tessera dev', 'the project in this directory, or the demo'],
    ['tessera dev --port 8081 --no-demo', 'with backends of your own'],
  ],
  options: [...listenOptions('warn'), new Option('--no-demo', 'do not start the demo backends')],
  run: runDev,
}

async function runDev(options: DevOptions, terminal: Terminal): Promise<ExitCode> {
  const config = chooseConfig(options, terminal)
  const demoFile = options.demo ? findDemo(dirname(dirname(resolve(config)))) : undefined
  let running = false
  const [{ ConfigurationError, createGateway }, { createLogger }, { historyShape }, demo] = await Promise.all([
    import('../server/gateway.ts'),
    import('../telemetry/logger.ts'),
    import('../config/history.ts'),
    demoFile === undefined ? undefined : startDemo(demoFile, (line) => running && terminal.complain(line)),
  ])
  try {
    const moved = options.port === undefined ? {} : { PUBLIC_URL: `http://localhost:${options.port}` }
    const env = { ...(demo && moved), ...demo?.env, ...allowedVariables(options.env) }
    const gateway = await createGateway({
      ...options,
      config,
      env,
      watch: true,
      console: true,
      history: historyShape.parse({ sample: '100%' }),
      logger: createLogger({ level: options.logLevel, format: 'json', destination: createLogPrinter(terminal) }),
      showUnmatchedPaths: true,
      onRequest: (entry) => terminal.print(drawRequest(entry, terminal)),
      onReload: await createReloadPrinter({ config, routes: options.routes, env }, terminal),
    })
    let stopBuilding = () => {}
    try {
      const stop = waitForStop({ endsWithStarter: process.env['npm_command'] !== undefined })
      const ports = await gateway.listen()
      stopBuilding = buildConsole((line) => terminal.complain(line))
      const start = { ...ports, version: readPackageVersion(), snapshot: gateway.snapshot, config, demo }
      terminal.print(drawBanner({ ...start, ms: performance.now() }, terminal.paint))
      running = true
      await stop
      running = false
    } finally {
      stopBuilding()
      await gateway.close()
    }
    return 0
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    terminal.complain(printAll(error, terminal.color).join('\n\n'))
    return 1
  } finally {
    await demo?.stop()
    leaveSoon()
  }
}

function chooseConfig({ config }: DevOptions, terminal: Terminal): string {
  if (config !== undefined || existsSync(defaultConfig)) return config ?? defaultConfig
  terminal.print(`There is no ${defaultConfig} here, so this is Tessera's own demo.\n`)
  return join(packageRoot, defaultConfig)
}
