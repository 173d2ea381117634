// What a browser has and Node has not, and Lanyard's address replaced by the one that is asked for.
const { WebSocket } = require('ws');

module.exports = (host) => {
  const moved = (url) => url.replace(/^(https|wss):\/\/[^/]*/, (_, scheme) => `${scheme.slice(0, -1)}://${host}`);
  const fetched = globalThis.fetch;
  globalThis.window = globalThis;
  globalThis.fetch = (asked, options) =>
    fetched(typeof asked === 'string' ? moved(asked) : new Request(moved(asked.url), asked), options);
  globalThis.WebSocket = class extends WebSocket {
    constructor(url) {
      super(moved(url));
      // A browser's page hears of it and goes on.
      this.on('error', () => {});
    }
  };
};
