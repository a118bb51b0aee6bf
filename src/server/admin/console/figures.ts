import { type Growth, type MetricWindows, quantileOf } from '../../../telemetry/windows.ts'
import type { WatchedMetric } from './watched.ts'

/** The stretch that the figures of now are of. */
const nowMs = 60_000
const points = 60
const pointMs = 15_000

export type Labels = Readonly<Record<string, string>>

/** How something did in the last minute. Undefined figures: there was nothing to tell them of. */
export interface Figures {
  /** A second. */
  readonly rate: number
  /** From 0 to 1. */
  readonly errors: number
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
  readonly p99Ms: number | undefined
}

/** The same for the last quarter of an hour, oldest first, a number for each 15 s; null where nothing happened. */
export interface Trend {
  readonly rate: readonly number[]
  readonly errors: readonly (number | null)[]
  readonly p95Ms: readonly (number | null)[]
}

/** Series of one histogram that belong together, and which of them are failures. */
interface Group {
  readonly metric: WatchedMetric
  readonly is: (labels: Labels) => boolean
  readonly isFailure: (labels: Labels) => boolean
}

export function figuresOf(windows: MetricWindows, group: Group): Figures {
  const all = windows.growth(group.metric, group.is, nowMs)
  return {
    rate: rateOfGrowth(all),
    errors: failuresOf(windows, group, all, nowMs, 0),
    p50Ms: toMs(quantileOf(all, 0.5)),
    p95Ms: toMs(quantileOf(all, 0.95)),
    p99Ms: toMs(quantileOf(all, 0.99)),
  }
}

export function trendOf(windows: MetricWindows, group: Group): Trend {
  const rate: number[] = []
  const errors: (number | null)[] = []
  const p95Ms: (number | null)[] = []
  for (let point = points; point > 0; point--) {
    const [from, to] = [point * pointMs, (point - 1) * pointMs]
    const all = windows.growth(group.metric, group.is, from, to)
    rate.push(rateOfGrowth(all))
    errors.push(all.count === 0 ? null : failuresOf(windows, group, all, from, to))
    p95Ms.push(toMs(quantileOf(all, 0.95)) ?? null)
  }
  return { rate, errors, p95Ms }
}

/** What a metric grew by in the last minute. */
export function countOf(windows: MetricWindows, metric: WatchedMetric, is: (labels: Labels) => boolean): number {
  return windows.growth(metric, is, nowMs).count
}

/** The same, a second. */
export function rateOf(windows: MetricWindows, metric: WatchedMetric, is: (labels: Labels) => boolean): number {
  return rateOfGrowth(windows.growth(metric, is, nowMs))
}

const rateOfGrowth = ({ count, ms }: Growth) => (ms > 0 ? count / (ms / 1000) : 0)

function failuresOf(windows: MetricWindows, group: Group, all: Growth, fromMs: number, toMs: number): number {
  if (all.count === 0) return 0
  const failed = windows.growth(group.metric, (labels) => group.is(labels) && group.isFailure(labels), fromMs, toMs)
  return failed.count / all.count
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 10_000) / 10
}
