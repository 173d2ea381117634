// A page that shows somebody by the hooks of use-lanyard and react-use-lanyard; it prints what each of them has,
// whenever that changes.
const [host, user] = process.argv.slice(2);
require('./browser.cjs')(host);
const { createElement, useEffect } = require('react');
const { create } = require('react-test-renderer');
const { useLanyard, useLanyardWS } = require('use-lanyard');
const { useLanyard: useOther } = require('react-use-lanyard');

const api = { hostname: host, secure: false };

const useSaid = (name, value) => {
  const text = JSON.stringify([name, value ?? null]);
  useEffect(() => console.log(text), [text]);
};

const Page = () => {
  const { data, error } = useLanyard(user, { api });
  useSaid('get', data ?? error?.message);
  useSaid('socket', useLanyardWS(user, { api }));
  useSaid('other socket', useOther({ userId: user, socket: true, apiUrl: host }).status);
  useSaid('other get', useOther({ userId: user, apiUrl: host }).data?.data);
  return null;
};

create(createElement(Page));
