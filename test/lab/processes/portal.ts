// A provider's login page, as a captive portal shows it: every page is a redirect to it. Runs inside a provider's
// namespace.
import { createServer } from 'node:http';

const login = 'http://login.provider.example/';
createServer((_request, response) => response.writeHead(302, { location: login }).end()).listen(
  8080,
  '0.0.0.0',
  () => console.log('ready'),
);
