/** A proxy as most teams write it: http-proxy-middleware on Express, connections kept. No log, metric or trace. */
import { Agent } from 'node:http'
import express from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { origins, port } from '../origins.ts'

const timeoutMs = 800
const app = express()

app.use(
  createProxyMiddleware({
    target: origins.catalog,
    pathFilter: '/catalog',
    changeOrigin: true,
    agent: new Agent({ keepAlive: true }),
    proxyTimeout: timeoutMs,
  }),
)

app.listen(port, '127.0.0.1')
