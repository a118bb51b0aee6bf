import { type Place, ratio, type Scenario } from '../harness/scenario.ts'
import { tessera } from '../harness/tessera.ts'
import { nodePeer } from '../peers/node.ts'
import { describeBackends } from './home/data.ts'
import { homeConfig, homePage as page } from './home/page.ts'

/** So many requests are traced, and their spans sent to a collector. Nothing but spans is. */
const traced = (share: number) => (place: Place) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: place.spansUrl,
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: String(share),
  OTEL_SERVICE_NAME: 'bench',
})
const untraced = () => ({ OTEL_SDK_DISABLED: 'true' })

export const tracing: Scenario = {
  name: 'tracing',
  title: 'The same page with tracing off, at 1 % and at 100 %, spans sent by OTLP',
  bodies: describeBackends(),
  variants: [
    tessera(homeConfig, page, { name: 'off', title: 'Tessera, tracing off', env: untraced }),
    tessera(homeConfig, page, { name: 'some', title: 'Tessera, tracing at 1 %', env: traced(0.01) }),
    tessera(homeConfig, page, { name: 'all', title: 'Tessera, tracing at 100 %', env: traced(1), sendsSpans: true }),
    nodePeer({
      file: 'typical/server.ts',
      preload: 'typical/tracing.ts',
      name: 'typical',
      title: 'Express + fetch + AbortSignal + opossum, automatic tracing at 100 %',
      page,
      env: traced(1),
      sendsSpans: true,
    }),
  ],
  comparisons: [
    ratio('typical', 'Tessera / the typical one by hand, both at 100 %', 'all', 'typical', 0.2),
    ratio('tracing', 'Tessera, 100 % / off', 'all', 'off', 1.35),
    ratio('tracing/1%', 'Tessera, 1 % / off', 'some', 'off'),
  ],
  quick: { rounds: 2, variants: ['off', 'all', 'typical'] },
}
