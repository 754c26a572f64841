// A certified OpenID provider, which issues access tokens to the clients of a test.
//
// node provider.js PORT: POST /rotate makes it sign with a new key; the last two are published.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

import Provider from "oidc-provider";

const port = Number(process.argv[2]);
const CLIENTS = { clerk: ["reviewer"], projections: ["subscriber"] };

function key(number) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { ...privateKey.export({ format: "jwk" }), kid: `key-${number}`, use: "sig", alg: "ES256" };
}

function provider(keys) {
  return new Provider(`http://127.0.0.1:${port}`, {
    jwks: { keys },
    clients: Object.keys(CLIENTS).map((client_id) => ({
      client_id,
      client_secret: `secret of ${client_id}`,
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
      id_token_signed_response_alg: "ES256",
    })),
    clientDefaults: { id_token_signed_response_alg: "ES256" },
    ttl: { ClientCredentials: 600 },
    extraTokenClaims: (_context, token) => ({
      realm_access: { roles: CLIENTS[token.clientId] },
      profile: { name: `Client ${token.clientId}` },
    }),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => "urn:janji",
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: "",
          audience: "janji",
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
  });
}

let made = 1;
let keys = [key(made)];
let current = provider(keys);

createServer((request, response) => {
  if (request.url === "/rotate") {
    made += 1;
    keys = [key(made), keys[0]];
    current = provider(keys);
    response.end(`key-${made}`);
  } else {
    current.callback()(request, response);
  }
}).listen(port, "127.0.0.1", () => console.log("ready"));
