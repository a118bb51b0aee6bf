import type { Span } from '../telemetry/span.ts'

/** The span of every request of a test: the same ids each time, and nothing recorded. */
export const untraced: Span = {
  sampled: false,
  traceId: '00000000000000000000000000000001',
  traceparent: '00-00000000000000000000000000000001-0000000000000001-00',
  child: () => untraced,
  set() {},
  event() {},
  fail() {},
  end() {},
}
