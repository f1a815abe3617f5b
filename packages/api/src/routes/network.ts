/** Networks and volumes. */
export const networkRoutes = [
  { method: 'GET', path: '/networks', operation: 'NetworkList', statuses: [200] },
  { method: 'GET', path: '/networks/{id}', operation: 'NetworkInspect', statuses: [200, 404] },
  { method: 'DELETE', path: '/networks/{id}', operation: 'NetworkDelete', statuses: [204, 403, 404] },
  { method: 'POST', path: '/networks/create', operation: 'NetworkCreate', statuses: [201, 400, 403, 404] },
  {
    method: 'POST',
    path: '/networks/{id}/connect',
    operation: 'NetworkConnect',
    statuses: [200, 400, 403, 404],
  },
  {
    method: 'POST',
    path: '/networks/{id}/disconnect',
    operation: 'NetworkDisconnect',
    statuses: [200, 403, 404],
  },
  { method: 'POST', path: '/networks/prune', operation: 'NetworkPrune', statuses: [200], since: '1.25' },

  {
    method: 'POST',
    path: '/networks/{id}/update',
    operation: 'NetworkUpdate',
    statuses: [200, 400, 404],
    own: true,
  },
  { method: 'GET', path: '/networks/check', operation: 'NetworkCheck', statuses: [200], own: true },
  { method: 'POST', path: '/networks/repair', operation: 'NetworkRepair', statuses: [200], own: true },
  { method: 'POST', path: '/networks/plan', operation: 'NetworkPlan', statuses: [200, 400], own: true },
  { method: 'GET', path: '/dns/query', operation: 'DnsQuery', statuses: [200, 400, 404], own: true },

  { method: 'GET', path: '/volumes', operation: 'VolumeList', statuses: [200] },
  { method: 'POST', path: '/volumes/create', operation: 'VolumeCreate', statuses: [201, 400] },
  { method: 'GET', path: '/volumes/{name}', operation: 'VolumeInspect', statuses: [200, 404] },
  { method: 'DELETE', path: '/volumes/{name}', operation: 'VolumeDelete', statuses: [204, 404, 409] },
  { method: 'POST', path: '/volumes/prune', operation: 'VolumePrune', statuses: [200], since: '1.25' },
  {
    method: 'PUT',
    path: '/volumes/{name}',
    operation: 'VolumeUpdate',
    statuses: [200, 400, 404, 503],
    since: '1.42',
    refused: 'cluster',
  },
] as const;
