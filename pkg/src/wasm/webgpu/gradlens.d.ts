// The same as of every module.
export { default } from '../cpu/gradlens.js';
export * from '../cpu/gradlens.js';
