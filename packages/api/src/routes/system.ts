/** The engine about itself. */
export const systemRoutes = [
  { method: 'GET', path: '/_ping', operation: 'SystemPing', statuses: [200] },
  { method: 'HEAD', path: '/_ping', operation: 'SystemPingHead', statuses: [200], since: '1.40' },
  { method: 'GET', path: '/version', operation: 'SystemVersion', statuses: [200] },
  { method: 'GET', path: '/info', operation: 'SystemInfo', statuses: [200] },
  { method: 'GET', path: '/events', operation: 'SystemEvents', statuses: [200, 400] },
  { method: 'GET', path: '/system/df', operation: 'SystemDataUsage', statuses: [200], since: '1.25' },
  { method: 'POST', path: '/auth', operation: 'SystemAuth', statuses: [200, 204, 401] },
] as const;
