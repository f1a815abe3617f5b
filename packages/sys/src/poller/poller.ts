import { closeSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { attempt, must, waitAside } from '../ffi.ts';

/**
 * Readiness of descriptors that Node cannot wait for by itself: SEQPACKET and netlink sockets. One epoll(7) for the
 * process, waited on by one thread of libuv's pool and only while something is watched, so that it keeps no idle
 * process alive. Registrations are one-shot: nothing more is reported until the owner asks again, which is what makes
 * back-pressure simple.
 */

/** include/uapi/linux/eventpoll.h */
export const READABLE = 0x1;
export const WRITABLE = 0x4;
const HANG_UP = 0x18; // EPOLLERR | EPOLLHUP, always reported
const ONE_SHOT = 0x40000000;
const CLOSE_ON_EXEC = 0x80000;
const ADD = 1;
const DELETE = 2;
const MODIFY = 3;

/** struct epoll_event is packed on x86-64 only: 12 bytes there, 16 elsewhere. */
const EVENT_SIZE = process.arch === 'x64' ? 12 : 16;
const DATA_OFFSET = process.arch === 'x64' ? 4 : 8;
const EVENTS_A_TIME = 64;

/** Data of the event that only wakes the waiting thread. */
const WAKE = 0;

export interface Watch {
  /** Ask for the next report; `interest` is READABLE, WRITABLE or both. */
  arm(interest: number): void;
  /** Stop watching; the descriptor itself stays open. */
  close(): void;
}

interface Poller {
  epoll: number;
  wake: number;
  events: Buffer;
}

let poller: Poller | undefined;
let waiting = false;
let nextToken = WAKE + 1;
const watches = new Map<number, (ready: number) => void>();

/** Watch a descriptor; nothing is reported before the first `arm`. Errors and hang-ups count as both kinds of ready. */
export function watch(descriptor: number, onReady: (ready: number) => void): Watch {
  const { epoll } = open();
  const token = nextToken++;
  must('epoll_ctl', epoll, ADD, descriptor, event(ONE_SHOT, token));
  let watching = true;
  return {
    arm: (interest) => {
      if (!watching) return;
      watches.set(token, onReady);
      must('epoll_ctl', epoll, MODIFY, descriptor, event(interest | ONE_SHOT, token));
      wait();
    },
    close: () => {
      if (!watching) return;
      watching = false;
      watches.delete(token);
      attempt('epoll_ctl', epoll, DELETE, descriptor, event(0, token));
      if (watches.size === 0) wake();
    },
  };
}

/** Calls back each time the descriptor has something to read, until closed; the callback must read it empty. */
export function watchDescriptor(descriptor: number, onReadable: () => void): { close(): void } {
  let closed = false;
  const inner = watch(descriptor, () => {
    onReadable();
    if (!closed) inner.arm(READABLE);
  });
  inner.arm(READABLE);
  return {
    close: () => {
      closed = true;
      inner.close();
    },
  };
}

function open(): Poller {
  if (poller) return poller;
  const epoll = must('epoll_create1', CLOSE_ON_EXEC);
  const wakeDescriptor = must('eventfd', 0, CLOSE_ON_EXEC);
  must('epoll_ctl', epoll, ADD, wakeDescriptor, event(READABLE, WAKE));
  poller = { epoll, wake: wakeDescriptor, events: Buffer.alloc(EVENT_SIZE * EVENTS_A_TIME) };
  // The pool's threads are joined at exit: one that waits for ever would hold the process up.
  process.once('exit', wake);
  return poller;
}

function wait(): void {
  if (waiting || watches.size === 0) return;
  const { epoll, events } = open();
  waiting = true;
  waitAside(epoll, events, EVENTS_A_TIME, (count) => {
    waiting = false;
    const ready = count > 0 ? decode(events, count) : [];
    for (const [token, kinds] of ready) report(token, kinds);
    wait();
  });
}

function report(token: number, kinds: number): void {
  if (token === WAKE) {
    drainWake();
    return;
  }
  const onReady = watches.get(token);
  watches.delete(token);
  onReady?.(kinds & HANG_UP ? READABLE | WRITABLE : kinds);
}

function decode(events: Buffer, count: number): [token: number, kinds: number][] {
  return Array.from({ length: count }, (_, index) => [
    events.readUInt32LE(index * EVENT_SIZE + DATA_OFFSET),
    events.readUInt32LE(index * EVENT_SIZE),
  ]);
}

/** Nothing is watched any more: let the waiting thread come back, so that the process can end. */
function wake(): void {
  if (!poller || !waiting) return;
  const one = Buffer.alloc(8);
  one.writeBigUInt64LE(1n);
  writeSync(poller.wake, one);
}

/** A fresh eventfd is cheaper to reason about than a read that could block: eventfd(2). */
function drainWake(): void {
  if (!poller) return;
  closeSync(poller.wake);
  poller.wake = must('eventfd', 0, CLOSE_ON_EXEC);
  must('epoll_ctl', poller.epoll, ADD, poller.wake, event(READABLE, WAKE));
}

function event(kinds: number, token: number): Buffer {
  const bytes = Buffer.alloc(EVENT_SIZE);
  bytes.writeUInt32LE(kinds >>> 0, 0);
  bytes.writeUInt32LE(token, DATA_OFFSET);
  return bytes;
}

if (endianness() !== 'LE') throw new Error('the poller knows little-endian machines only');
