export { type Engine, type EngineOptions, projectRoot } from './engine.ts';
export { type Lab, type LabOptions, openLab } from './lab.ts';
export { type Link, linkMachines, type Side } from './link.ts';
export { addMachine, type Machine, type Output, type RunOptions } from './machine.ts';
export { removeStaleLabs } from './sweep.ts';
