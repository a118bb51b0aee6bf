import type { Place } from '../../harness/scenario.ts'

/** What differs between the configurations of nginx; each part is text of its own block. */
export interface Site {
  /** Paths of modules. */
  readonly modules?: readonly string[]
  readonly http?: string
  /** Backends: an upstream each, of the same name. */
  readonly services: readonly string[]
  readonly locations: readonly string[]
}

/** One worker. Connections are kept for good on both sides, nothing is logged, answers are held in memory. */
export function renderSite(
  { modules = [], http = '', services, locations }: Site,
  { port, directory, urls }: Place,
): string {
  const address = (service: string) => urls[`BENCH_${service.toUpperCase()}_URL`]!.replace('http://', '')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `${modules.map((module) => `load_module ${module};`).join('\n')}
${process.getuid?.() === 0 ? 'user root root;' : ''}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  tcp_nodelay on;
${temporary.map((name) => `  ${name}_temp_path ${directory}/${name};`).join('\n')}
  ${http}
${services.map((service) => renderUpstream(service, address(service))).join('\n')}
  server {
    listen 127.0.0.1:${port};
${locations.join('\n')}
  }
}
`
}

function renderUpstream(service: string, address: string): string {
  return `  upstream ${service} {
    server ${address};
    keepalive 64;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
  }`
}

/** In a location: connections to the backend are kept, and its answer is held in memory. */
export const proxyBasics = `proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffers 16 64k;
      proxy_buffer_size 64k;
      proxy_busy_buffers_size 128k;
      proxy_max_temp_file_size 0;`
