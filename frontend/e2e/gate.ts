import { createServer, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** The network between a browser and the program, in the hands of a test: closed, there is no server at all. */
export class Gate {
  #server: Server | null = null;
  #port = 0;
  readonly #sockets = new Set<Socket>();

  constructor(readonly target: URL) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    const server = createServer((asked, given) => {
      const { hostname, port, host } = this.target;
      const headers = { ...asked.headers, host };
      const { url: path, method } = asked;
      const on = request({ hostname, port, path, method, headers }, (answer) => {
        given.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(given);
      });
      on.on('error', () => given.destroy());
      given.on('close', () => on.destroy());
      asked.pipe(on);
    });
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((done) => server.listen(this.#port, '127.0.0.1', done));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    const closed = new Promise((done) => server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
