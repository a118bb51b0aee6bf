import { stringify } from 'yaml'
import { type FanOut, locatePage, nameServices } from './pages.ts'

/** One product, as home.yaml shows it. */
const product = {
  id: '$.item.id',
  title: '$.item.title.zh',
  titleEn: '$.item.title.en',
  image: '$.item.cover',
  category: '$.item.category.id',
  brand: '$.item.brand.name.zh',
  tags: '$.item.tags',
  rating: '$.item.rating.score',
  ratings: '$.item.rating.count',
  sold: '$.item.sold.text',
  cents: '$.item.price.cents',
  price: '$.item.price.display',
  was: '$.item.price.was.display',
  off: '$.item.price.discount_pct',
  member: '$.item.price.member.display',
  stock: '$.item.stock',
  reason: '$.item.reason.zh',
  link: 'demo://product/${ item.id }',
}

/** A gateway for all of these pages, every call with the policies of the home page. */
export function describeProject(pages: readonly FanOut[]): Record<string, string> {
  const services = nameServices(Math.max(...pages.map(({ calls }) => calls)))
  const sizes = [...new Set(pages.map(({ kilobytes }) => kilobytes))]
  const lists = services.map((service) => [`list.${service}`, { type: 'array', items: { type: 'object' } }])
  return {
    'gateway.yaml': stringify({
      listen: '127.0.0.1:8080',
      admin: { listen: '127.0.0.1:0' },
      dictionary: './dictionary.yaml',
      services: './services',
      routes: './routes',
      telemetry: { service: 'tessera-bench', sampling: '1%' },
    }),
    'dictionary.yaml': stringify({ colors: { 'geo.city': { type: 'string' }, ...Object.fromEntries(lists) } }),
    ...Object.fromEntries(services.map((name) => [`services/${name}.yaml`, stringify(describeService(name, sizes))])),
    ...Object.fromEntries(pages.map((page) => [`routes/${nameRoute(page)}.yaml`, stringify(describeRoute(page))])),
  }
}

function describeService(service: string, sizes: readonly number[]): object {
  const describe = (kilobytes: number) => ({
    get: `/${kilobytes}kb`,
    in: { 'geo.city': 'query.city' },
    out: { [`list.${service}`]: '$.items' },
    fallback: { body: { items: [] } },
  })
  return {
    service,
    endpoints: [`\${env.BENCH_${service.toUpperCase()}_URL}`],
    timeout: '5s',
    retry: { attempts: 2, delay: '10ms', on: ['unavailable', 'http-503'] },
    breaker: { errorRate: '50%', window: '10s', minCalls: 20, open: '5s' },
    operations: Object.fromEntries(sizes.map((kilobytes) => [`list${kilobytes}kb`, describe(kilobytes)])),
  }
}

function describeRoute(page: FanOut): object {
  const { calls, kilobytes, answer } = page
  const services = nameServices(calls)
  const show = (service: string) =>
    answer === 'whole' ? `$.steps.${service}.body` : { $each: `$.list.${service}`, $map: product }
  return {
    name: nameRoute(page),
    match: `GET ${locatePage(page)}`,
    timeout: '8s',
    in: { 'geo.city': { from: 'query.city', default: 'shanghai' } },
    do: [{ parallel: services.map((service) => ({ id: service, invoke: `${service}.list${kilobytes}kb` })) }],
    response: {
      body: {
        ...(answer === 'mapped' && { city: '$.geo.city' }),
        ...Object.fromEntries(services.map((service) => [service, show(service)])),
      },
    },
  }
}

function nameRoute({ calls, kilobytes, answer }: FanOut): string {
  return `${answer}-${calls}-${kilobytes}kb`
}
