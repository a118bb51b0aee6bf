import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { parse, parseAllDocuments } from 'yaml'
import { opened } from '../support/cleanup.ts'
import { startHttpServer } from '../support/servers.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const exists = (path: string) => existsSync(new URL(path, root))

const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ').split('\n')
const lastStage = dockerfile.slice(dockerfile.findLastIndex((line) => line.startsWith('FROM ')))
const instruction = (name: string) => lastStage.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1)

describe('the image', () => {
  test('runs Node itself as an ordinary user, so that the gateway hears SIGTERM', () => {
    expect(instruction('USER')).toBe('node')
    expect(JSON.parse(instruction('ENTRYPOINT') ?? '')).toEqual([
      'node',
      '--max-semi-space-size=8',
      '--heap-growing-percent=50',
      'dist/src/main.js',
    ])
    expect(JSON.parse(instruction('CMD') ?? '')).toEqual(['serve'])
    expect(instruction('EXPOSE')).toBe('8080 9900')
  })

  test('copies what exists and what .dockerignore lets through', () => {
    const copied = dockerfile
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1))
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    expect(copied.filter((path) => !exists(path))).toEqual([])
    expect(new Set(copied)).toEqual(new Set(allowed))
  })

  test('is healthy as long as /livez of the admin port says so', async () => {
    const [, command = ''] = instruction('HEALTHCHECK')?.match(/CMD (\[.*\])/) ?? []
    const [node, flag, code = ''] = JSON.parse(command) as string[]
    expect([node, flag]).toEqual(['node', '-e'])
    let status = 200
    const admin = await opened(
      startHttpServer((request, response) => {
        response.statusCode = request.url === '/livez' ? status : 404
        response.end()
      }),
    )
    const env = { ...process.env, ADMIN: `0.0.0.0:${admin.port}` }
    const ask = async () => (await once(spawn(process.execPath, ['-e', code], { env }), 'exit'))[0]
    expect(await ask()).toBe(0)
    status = 503
    expect(await ask()).toBe(1)
    await admin.close()
    expect(await ask()).toBe(1)
  })
})

describe('the composition', () => {
  const compose = parse(read('deploy/compose.yaml'))
  const { gateway, demo, jaeger, prometheus } = compose.services

  test('sends the gateway to the demo backends wherever its configuration says 127.0.0.1', () => {
    const texts = readdirSync(new URL('config/services/', root)).map((file) => read(`config/services/${file}`))
    const endpoints = texts.join('\n').matchAll(/\$\{env\.(\w+):-(http:\/\/127\.0\.0\.1:\d+)\}/g)
    const expected = [...endpoints].map(([, name, url]) => [name, url?.replace('127.0.0.1', 'demo')])
    expect(expected.length).toBeGreaterThan(0)
    expect(gateway.environment).toMatchObject(Object.fromEntries(expected))
    expect(demo.environment.DEMO_BIND).toBe('0.0.0.0')
  })

  test('sets no variable that the configuration does not read', () => {
    const texts = [
      read('config/gateway.yaml'),
      ...readdirSync(new URL('config/services/', root)).map((file) => read(`config/services/${file}`)),
    ]
    const unread = Object.keys(gateway.environment).filter(
      (name) => !name.startsWith('OTEL_') && !texts.some((text) => text.includes(`\${env.${name}:-`)),
    )
    expect(unread).toEqual([])
  })

  test('traces to Jaeger and is scraped by Prometheus at the gateway’s admin port', () => {
    expect(gateway.environment.OTEL_EXPORTER_OTLP_ENDPOINT).toBe('http://jaeger:4318')
    expect(jaeger.image).toMatch(/^jaegertracing\/jaeger:2\./)
    const [job] = parse(read('deploy/prometheus.yml')).scrape_configs
    const [adminPort] = gateway.environment.ADMIN.match(/\d+$/)
    expect(job.static_configs[0].targets).toEqual([`gateway:${adminPort}`])
    expect(prometheus.volumes[0]).toContain('./prometheus.yml:/etc/prometheus/prometheus.yml')
  })

  test('mounts and starts only what exists', () => {
    const mounts = [...gateway.volumes, ...prometheus.volumes].map((mount: string) => mount.split(':')[0])
    expect(mounts.filter((path) => !exists(`deploy/${path}`))).toEqual([])
    expect(exists(demo.entrypoint[1].replace('dist/', '').replace(/\.js$/, '.ts'))).toBe(true)
  })

  const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0
  if (!hasCompose) console.warn('docker compose is not installed: what it thinks of deploy/compose.yaml is not tested')
  const whenInstalled = hasCompose ? test : test.skip
  whenInstalled('is one that docker compose takes', () => {
    const { status, stderr } = spawnSync('docker', ['compose', '-f', 'deploy/compose.yaml', 'config', '--quiet'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([0, ''])
  })
})

describe('the Kubernetes manifest', () => {
  const documents = parseAllDocuments(read('deploy/kubernetes.yaml'))
  const objects = documents.map((document) => document.toJS())
  const pod = objects.find(({ kind }) => kind === 'Deployment').spec.template
  const [container] = pod.spec.containers

  test('is well-formed, and so is every file in its ConfigMaps', () => {
    expect(documents.flatMap((document) => document.errors)).toEqual([])
    expect(objects.map(({ kind }) => kind)).toEqual(['ConfigMap', 'ConfigMap', 'ConfigMap', 'Deployment', 'Service'])
    for (const { kind, data } of objects)
      if (kind === 'ConfigMap') Object.values(data).map((text) => parse(String(text)))
  })

  test('mounts a ConfigMap at every place that its gateway.yaml names', () => {
    const maps = objects.filter(({ kind }) => kind === 'ConfigMap').map(({ metadata }) => metadata.name)
    expect(pod.spec.volumes.map((volume: { configMap: { name: string } }) => volume.configMap.name)).toEqual(maps)
    const gateway = parse(objects[0].data['gateway.yaml'])
    const places = ['.', gateway.services, gateway.routes].map(
      (path) => new URL(`${path}/`, 'file:///app/config/').pathname,
    )
    expect(container.volumeMounts.map((mount: { mountPath: string }) => `${mount.mountPath}/`)).toEqual(places)
  })

  test('probes the admin port, which gateway.yaml opens to the kubelet and no Service to clients', () => {
    const gateway = parse(objects[0].data['gateway.yaml'])
    const ports = Object.fromEntries(
      container.ports.map((port: { name: string; containerPort: number }) => [port.name, port.containerPort]),
    )
    expect(gateway.listen).toBe(ports.http)
    expect(gateway.admin.listen).toBe(`0.0.0.0:${ports.admin}`)
    expect(container.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'admin' })
    expect(container.livenessProbe.httpGet).toEqual({ path: '/livez', port: 'admin' })
    expect(objects.at(-1).spec.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http' }])
    expect(objects.at(-1).spec.selector).toEqual(pod.metadata.labels)
  })

  test('runs without privileges', () => {
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true })
    expect(container.securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true })
  })
})
