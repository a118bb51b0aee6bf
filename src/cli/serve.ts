import { type CliCommand, defaultConfig, type ExitCode, type ListenOptions, listenOptions } from './command.ts'
import { describeFailure } from './failure.ts'
import { leaveSoon, waitForCrash, waitForStop } from './lifecycle.ts'
import { printDiagnostics } from './reports/text.ts'
import type { Terminal } from './terminal.ts'

const drainLimitMs = 15_000

export const serve: CliCommand<ListenOptions> = {
  name: 'serve',
  summary: 'Run the gateway in production: JSON logs, graceful drain, reload on an edit or SIGHUP.',
  examples: [
    ['tessera serve', 'the project in this directory'],
    ['tessera serve -c /etc/tessera/gateway.yaml --log-level warn', 'in a container'],
  ],
  options: listenOptions('info'),
  run: runServe,
}

async function runServe(options: ListenOptions, terminal: Terminal): Promise<ExitCode> {
  const crash = waitForCrash()
  const [{ ConfigurationError, createGateway }, { createLogger }] = await Promise.all([
    import('../server/gateway.ts'),
    import('../telemetry/logger.ts'),
  ])
  const logger = createLogger({ level: options.logLevel, format: 'json' })
  try {
    const gateway = await createGateway({ ...options, config: options.config ?? defaultConfig, watch: true, logger })
    let end: Error | NodeJS.Signals
    try {
      const ports = await gateway.listen()
      const { version, routes } = gateway.snapshot
      logger.info({ ...ports, version, routes: routes.length, ready_ms: Math.round(performance.now()) }, 'listening')
      process.on('SIGHUP', () => void gateway.reload())
      end = await Promise.race([waitForStop(), crash])
      if (end instanceof Error) logger.fatal({ err: end }, 'uncaught exception: draining')
      else logger.info({ signal: end }, 'draining')
      setTimeout(() => {
        logger.error('the drain took too long')
        process.exit(1)
      }, drainLimitMs).unref()
    } finally {
      await gateway.close()
    }
    logger.info('stopped')
    return end instanceof Error ? 1 : 0
  } catch (error) {
    if (error instanceof ConfigurationError) {
      const { diagnostics, textOf } = error
      terminal.complain(printDiagnostics(diagnostics, textOf, terminal.color).join('\n\n'))
      const found = diagnostics.map(({ code, severity, message, at }) => ({ code, severity, message, ...at }))
      logger.fatal({ diagnostics: found }, 'the configuration has errors')
    } else {
      terminal.complain(describeFailure(error))
      logger.fatal({ err: error }, 'the gateway could not start')
    }
    return 1
  } finally {
    logger.flush()
    leaveSoon()
  }
}
