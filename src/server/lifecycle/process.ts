import type { Logger } from '../../telemetry/logger.ts'

interface Supervised {
  reload(): Promise<unknown>
  close(): Promise<void>
}

/**
 * Binds a gateway to this process, for the commands that run one: SIGHUP reloads; an error that nobody caught is logged,
 * what was accepted is answered, and the process ends with 1, since nothing is known of its state any more.
 */
export function superviseProcess(gateway: Supervised, logger: Logger): void {
  let isDying = false
  const die = (thrown: unknown, what: string) => {
    logger.fatal({ err: thrown }, what)
    logger.flush()
    if (isDying) process.exit(1)
    isDying = true
    gateway.close().finally(() => process.exit(1))
  }
  process.on('uncaughtException', (error) => die(error, 'an error was not caught: the process ends'))
  process.on('unhandledRejection', (reason) => die(reason, 'a rejection was not handled: the process ends'))
  process.on('SIGHUP', () => void gateway.reload())
}
