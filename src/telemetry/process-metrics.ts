import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { Counter, Gauge, type Registry } from 'prom-client'

const delayResolutionMs = 20

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

  let utilization = performance.eventLoopUtilization()
  gauge('nodejs_eventloop_utilization_ratio', 'Share of time the event loop was busy since the last scrape', () => {
    const now = performance.eventLoopUtilization()
    const since = performance.eventLoopUtilization(now, utilization)
    utilization = now
    return since.utilization
  })
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs })
  delay.enable()
  // What it measures is the distance of two ticks, in nanoseconds.
  const lagSeconds = (tick: number) => (delay.count === 0 ? 0 : Math.max(0, tick / 1e9 - delayResolutionMs / 1000))
  gauge('nodejs_eventloop_lag_p99_seconds', 'Event loop delay since the last scrape, 99th percentile', () =>
    lagSeconds(delay.percentile(99)),
  )
  // Collected after the percentile, so it is the one to start over.
  gauge('nodejs_eventloop_lag_max_seconds', 'Event loop delay since the last scrape, maximum', () => {
    const max = lagSeconds(delay.max)
    delay.reset()
    return max
  })
}

/** Undefined where there is no /proc. */
function countOpenFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length - 1
  } catch {
    return undefined
  }
}
