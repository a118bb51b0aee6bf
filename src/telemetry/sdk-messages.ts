import { DiagLogLevel, diag } from '@opentelemetry/api'

const quietMs = 60_000

/**
 * Hands the SDK's warnings and errors to `warn`, at most one a minute: a dead collector says so with every batch. With
 * OTEL_LOG_LEVEL set the SDK prints by itself, and is left to.
 */
export function routeSdkMessages(warn: (message: string) => void): void {
  if (process.env['OTEL_LOG_LEVEL']) return
  const say = limitRate(warn, quietMs, Date.now)
  // A part of the SDK puts its own name first.
  const note = (...parts: unknown[]) => {
    const message = parts.filter((part) => typeof part === 'string').join(': ')
    // NodeSDK registers itself globally; a process that already traces keeps its own providers, and that is fine.
    if (!message.includes('duplicate registration')) say(`OpenTelemetry: ${readSdkMessage(message)}`)
  }
  const ignore = () => {}
  diag.setLogger(
    { error: note, warn: note, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}

/** Says the first message at once, then one in `intervalMs` with the number of those left out. */
export function limitRate(say: (message: string) => void, intervalMs: number, now: () => number) {
  let quietUntil = Number.NEGATIVE_INFINITY
  let leftOut = 0
  return (message: string) => {
    if (now() < quietUntil) {
      leftOut++
      return
    }
    quietUntil = now() + intervalMs
    say(leftOut === 0 ? message : `${message} (${leftOut} more since the last one)`)
    leftOut = 0
  }
}

/** The SDK prints an exception as JSON with its stack; its code and message are enough. */
export function readSdkMessage(text: string): string {
  try {
    const { name, code, message } = JSON.parse(text)
    return [name, code, message].filter((part) => typeof part === 'string' && part !== '').join(': ') || text
  } catch {
    return text
  }
}
