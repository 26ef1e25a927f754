// Preloaded into Node: whatever asks the network ends the program.
import { Socket } from 'node:net';

function refuse() {
  console.error(new Error('the network was asked'));
  process.exit(1);
}

globalThis.fetch = refuse;
Socket.prototype.connect = refuse;
