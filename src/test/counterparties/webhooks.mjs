// Signs webhooks with the providers' own libraries and sends each to the Busbar whose address is the first argument,
// as it is, again, and forged. Prints what was answered, as JSON.
import { sign } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";

const busbar = process.argv[2];
const hush = "It's a Secret to Everybody";
const standardSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async function send(source, body, headers) {
  const answer = await fetch(`${busbar}/webhooks/${source}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
  return answer.status;
}

async function attempt(source, body, headers) {
  return {
    first: await send(source, body, headers),
    again: await send(source, body, headers),
    forged: await send(source, body.replace("ü", "u"), headers),
  };
}

async function standard() {
  const body = JSON.stringify({ type: "standard.sent", text: "grün" });
  const now = new Date();
  return attempt("standard", body, {
    "webhook-id": "msg_js",
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new Webhook(standardSecret).sign("msg_js", now, body),
  });
}

async function github() {
  const body = JSON.stringify({ action: "opened", text: "grün" });
  return attempt("github", body, {
    "x-github-event": "issues",
    "x-github-delivery": "delivery-js",
    "x-hub-signature-256": await sign(hush, body),
  });
}

async function stripe() {
  const body = JSON.stringify({ id: "evt_js", object: "event", type: "invoice.paid", text: "grün" });
  const header = new Stripe("sk_test_none").webhooks.generateTestHeaderString({ payload: body, secret: "whsec_stripe" });
  return attempt("stripe", body, { "stripe-signature": header });
}

console.log(JSON.stringify({ standard: await standard(), github: await github(), stripe: await stripe() }));
