# syntax=docker/dockerfile:1
# docker build -t tessera . && docker run -p 8080:8080 tessera

FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# The one install script that we need fetches a Node, and this image is one. Links that others make the gateway makes itself.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY demo demo
RUN npm run build

FROM node:26-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev

FROM node:26-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY config config
COPY routes routes
COPY schemas schemas
COPY templates templates
# Buffers of all threads in two heaps, and 8 MB for new objects: 20 to 60 MB less under load (docs/adr/0021).
ENV MALLOC_ARENA_MAX=2
RUN mkdir -p node_modules/.cache && chown node node_modules/.cache
USER node
# A first start leaves behind what it compiled: every later one takes half the time.
RUN timeout --preserve-status 5 node --max-semi-space-size=8 --heap-growing-percent=50 dist/src/main.js serve
EXPOSE 8080 9900
# Asks inside the container, where the admin port is reached on loopback whatever address it listens on.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${(process.env.ADMIN ?? '9900').split(':').pop()}/livez`).then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node is the container's first process: the gateway itself hears SIGTERM and drains.
ENTRYPOINT ["node", "--max-semi-space-size=8", "--heap-growing-percent=50", "dist/src/main.js"]
CMD ["serve"]
