import { createBudget } from "../budget.ts";
import { systemClock } from "../clock.ts";
import { parseContent } from "../content.ts";
import { issuerSettings } from "../emulator/sample.ts";
import { createIssuerHttp } from "../http/issuer-http.ts";
import { createNetworkTransport } from "../http/network.ts";
import { createRateGate } from "../http/rate-gate.ts";
import { openCredential } from "../issuers/index.ts";
import type { Verdict } from "../issuers/issuer.ts";
import type { Secret } from "../secret.ts";
import { parseSettings } from "../settings.ts";

/** Asks the issuer over the network, as the function would. @param url where the emulated issuers answer */
export async function verdictOn(content: Secret, url: string): Promise<Verdict> {
  const budget = createBudget(systemClock, null, { budgetMs: 30_000, marginMs: 0, callTimeoutMs: 10_000 });
  const transport = createNetworkTransport(systemClock);
  const http = createIssuerHttp(
    transport,
    createRateGate(systemClock),
    budget,
    { ratePauseMs: 60_000, patienceMs: () => budget.remaining() },
    systemClock,
  );
  const settings = parseSettings(issuerSettings(url));
  const credential = openCredential(
    parseContent(content),
    { http, httpAtOnce: http, clock: systemClock, settings },
    { origins: settings.issuerOrigins, aliases: [], onCrossing: () => undefined },
  );
  return (await credential.login(null)).verdict;
}
