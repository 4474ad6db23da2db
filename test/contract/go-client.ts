import { createHash, createSign, randomUUID } from "node:crypto";
import { type Answer, ask } from "./ask.ts";

const GENERIC = ["date", "(request-target)", "host"];
const OF_BODIES = ["content-length", "content-type", "x-content-sha256"];

/**
 * Sends requests as OCI's Go SDK does, with which Terraform's provider speaks: signed over `date` and, where there is a body, its digest;
 * without `if-match`; absent members left out of the body.
 */
export function goClient(url: string, keyId: string, privateKey: string) {
  return (
    method: string,
    target: string,
    body?: object,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const hasBody = method === "PUT" || method === "POST";
    const headers: Record<string, string> = {
      accept: "*/*",
      date: new Date().toUTCString(),
      host: new URL(url).host,
      "opc-client-info": "Oracle-GoSDK/65.100.0",
      "opc-request-id": randomUUID().replaceAll("-", "").toUpperCase(),
      "user-agent": "Oracle-GoSDK/65.100.0 (linux/amd64; go/go1.24) terraform-provider-oci/8.0.0",
    };
    if (hasBody) {
      headers["content-length"] = String(Buffer.byteLength(text));
      headers["content-type"] = "application/json";
      headers["x-content-sha256"] = createHash("sha256").update(text).digest("base64");
    }
    Object.assign(headers, more);
    const signed = hasBody ? [...GENERIC, ...OF_BODIES] : GENERIC;
    const lines = signed.map((name) => {
      const value = name === "(request-target)" ? `${method.toLowerCase()} ${target}` : headers[name];
      return `${name}: ${value}`;
    });
    const signature = createSign("RSA-SHA256").update(lines.join("\n")).sign(privateKey, "base64");
    headers["authorization"] =
      `Signature version="1",headers="${signed.join(" ")}",keyId="${keyId}",algorithm="rsa-sha256",signature="${signature}"`;
    return ask(`${url}${target}`, method, headers, text === "" ? undefined : text);
  };
}
