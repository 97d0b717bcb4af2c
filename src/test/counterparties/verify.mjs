// Verifies a webhook that Busbar has sent with the library that its receivers use: as it came, and forged.
// The argument is its JSON. Prints whether it was verified, as JSON.
import { Webhook } from "standardwebhooks";

const { secret, headers, body } = JSON.parse(process.argv[2]);

function verified(text) {
  try {
    new Webhook(secret).verify(text, headers);
    return true;
  } catch {
    return false;
  }
}

console.log(JSON.stringify({ sent: verified(body), forged: verified(body.replace("7", "8")) }));
