import { type CliCommand, type ExitCode, type ListenOptions, listenOptions, readingOf } from './command.ts'
import { describeFailure } from './failure.ts'
import { leaveSoon, waitForStop } from './lifecycle.ts'
import { printAll } from './reports/pretty.ts'
import type { Terminal } from './terminal.ts'

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
  const [{ ConfigurationError, createGateway }, { superviseProcess }, { createLogger }] = await Promise.all([
    import('../server/gateway.ts'),
    import('../server/lifecycle/process.ts'),
    import('../telemetry/logger.ts'),
  ])
  const logger = createLogger({ level: options.logLevel, format: 'json' })
  const { config, env } = readingOf(options)
  try {
    const gateway = await createGateway({ ...options, config, env, logger })
    superviseProcess(gateway, logger)
    try {
      const stop = waitForStop()
      const { listeners, ...ports } = await gateway.listen()
      const { version, routes } = gateway.snapshot
      logger.info(
        {
          ...ports,
          ...(listeners.length > 1 && { listeners }),
          version,
          routes: routes.length,
          ms: Math.round(performance.now()),
        },
        'listening',
      )
      logger.flush()
      logger.info({ signal: await stop }, 'draining')
    } finally {
      await gateway.close()
    }
    logger.info('stopped')
    return 0
  } catch (error) {
    if (error instanceof ConfigurationError) {
      terminal.complain(printAll(error, terminal.color).join('\n\n'))
      const diagnostics = error.diagnostics.map(({ code, severity, message, at }) => ({
        code,
        severity,
        message,
        ...at,
      }))
      logger.fatal({ diagnostics }, 'the configuration has errors')
    } else {
      terminal.complain(describeFailure(error))
      logger.fatal({ err: error }, 'the gateway cannot run')
    }
    return 1
  } finally {
    logger.flush()
    leaveSoon()
  }
}
