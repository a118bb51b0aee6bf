import { readdirSync } from 'node:fs'
import { Counter, Gauge, type Registry } from 'prom-client'
import { EventLoopWindow } from './event-loop-window.ts'

/**
 * The process's own metrics under prom-client's usual names, read at scrape. Its full set keeps a garbage-collection
 * observer and walks every handle; this one costs nothing between scrapes but libuv's delay timer.
 */
export function registerProcessMetrics(registry: Registry): void {
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number | undefined) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = read()
        if (value !== undefined) this.set(value)
      },
    })

  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time spent',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1e6)
    },
  })
  const startedAt = Math.round(Date.now() / 1000 - process.uptime())
  gauge('process_start_time_seconds', 'Start time of the process, seconds since the epoch', () => startedAt)
  gauge('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss())
  gauge('process_open_fds', 'Open file descriptors', countOpenFiles)
  gauge('nodejs_heap_size_used_bytes', 'V8 heap in use', () => process.memoryUsage().heapUsed)
  gauge('nodejs_external_memory_bytes', 'Memory of buffers outside the heap', () => process.memoryUsage().external)

  const loop = new EventLoopWindow()
  gauge(
    'nodejs_eventloop_utilization_ratio',
    'Share of time the event loop was busy, over 30 to 60 s',
    () => loop.utilization,
  )
  gauge('nodejs_eventloop_lag_p99_seconds', 'Event loop delay over 30 to 60 s, 99th percentile', () => loop.lagP99)
  gauge('nodejs_eventloop_lag_max_seconds', 'Event loop delay over 30 to 60 s, maximum', () => loop.lagMax)
}

/** Undefined where there is no /proc. */
function countOpenFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length - 1
  } catch {
    return undefined
  }
}
