/**
 * What Docker's API has no words for: attachments (`network attach`), ports that change on a running container,
 * the comparison of intent and kernel, the plan of a dry run, and the name server's answers.
 */
import type { PortBinding } from './host-config.ts';

/** POST /containers/{id}/attachments */
export interface AttachmentBody {
  /** The bridge on the host; made where it does not exist. */
  Bridge: string;
  /** Inside the container; the first free ethN where absent. */
  Interface?: string;
  /** "192.168.1.1/24" */
  Address?: string;
  Gateway?: string;
  MacAddress?: string;
}

/** Answer of POST and GET /containers/{id}/attachments; also in the container's inspect. */
export interface Attachment {
  Id: string;
  Bridge: string;
  Interface: string;
  Address: string;
  Gateway: string;
  MacAddress: string;
  HostLink: string;
}

/**
 * POST /containers/{id}/ports. Adds ("80/tcp" → bindings, `Allow` in each) and removes in one transaction: a binding
 * that another container holds is taken over where `From` names that container.
 */
export interface PortChangeBody {
  Add?: Record<string, PortBinding[]> | null;
  Remove?: Record<string, PortBinding[]> | null;
  From?: string;
}

/** What is published after the change. */
export interface PortChangeResponse {
  Ports: Record<string, PortBinding[] | null>;
}

/** POST /networks/{id}/update: what can change while containers run. */
export interface NetworkUpdateBody {
  Mtu?: number;
  Icc?: boolean;
  Internal?: boolean;
  Labels?: Record<string, string>;
}

/** One difference between what is meant to be and what the kernel has. */
export interface Finding {
  /** 'link', 'address', 'route', 'element', 'table', 'namespace', … */
  Kind: string;
  /** What it is about: a link's name, a set's element. */
  Subject: string;
  Problem: 'missing' | 'different' | 'unexplained';
  Detail: string;
  Repaired: boolean;
}

/** GET /networks/check, and POST with `repair` set. */
export interface NetworkCheckResponse {
  Findings: Finding[];
}

/** One thing that would come, go or change in the kernel. */
export interface PlanStep {
  Verb: 'add' | 'delete' | 'change';
  Kind: string;
  Subject: string;
  Detail: string;
}

/** Answer of POST /containers/plan and /networks/plan: nothing is changed. */
export interface PlanResponse {
  Steps: PlanStep[];
  /** Who could reach whom because of it, a sentence each. */
  Reach: string[];
}

/** GET /dns/query?name=…&type=A[&container=…] */
export interface DnsQueryResponse {
  Name: string;
  Type: string;
  Answers: { Name: string; Type: string; Ttl: number; Data: string }[];
}
