import { Fault } from '@pontoon/fault';

/** A template that cannot be read: exit status 64, as Docker's client has it. */
export class TemplateFault extends Fault {}
