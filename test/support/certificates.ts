import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/** A certificate authority for one test; its certificates are valid from 2020 to 2049. */
export interface TestAuthority {
  /** Its own certificate, PEM. */
  readonly pem: string;
  /** A server's certificate and key, PEM, for a DNS name or an IPv4 address. */
  issue(host: string): { readonly cert: string; readonly key: string };
}

// DER (ITU-T X.690) as far as a certificate (RFC 5280) needs it.
function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
const sequence = (...parts: readonly Uint8Array[]) => tlv(0x30, ...parts);
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, "hex"));
const time = (text: string) => tlv(0x17, Buffer.from(text));
const name = (commonName: string) => sequence(tlv(0x31, sequence(oid("550403"), tlv(0x0c, Buffer.from(commonName)))));
const extension = (id: string, value: Uint8Array) => sequence(oid(id), tlv(0x04, value));

const ECDSA_WITH_SHA256 = sequence(oid("2a8648ce3d040302"));
const VALIDITY = sequence(time("200101000000Z"), time("491231235959Z"));
const IS_AUTHORITY = extension("551d13", sequence(tlv(0x01, Buffer.from([0xff]))));

function altName(host: string): Buffer {
  const value = isIPv4(host) ? tlv(0x87, Buffer.from(host.split(".").map(Number))) : tlv(0x82, Buffer.from(host));
  return extension("551d11", sequence(value));
}

function certificate(
  serial: number,
  issuer: { readonly name: string; readonly key: KeyObject },
  subject: { readonly name: string; readonly publicKey: KeyObject },
  extensions: Uint8Array,
): string {
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([serial])),
    ECDSA_WITH_SHA256,
    name(issuer.name),
    VALIDITY,
    name(subject.name),
    subject.publicKey.export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(extensions)),
  );
  const signature = tlv(0x03, Buffer.from([0]), sign("sha256", body, issuer.key));
  const lines =
    sequence(body, ECDSA_WITH_SHA256, signature)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

const newKeys = () => generateKeyPairSync("ec", { namedCurve: "P-256" });

export function createAuthority(authorityName = "Test authority"): TestAuthority {
  const { privateKey, publicKey } = newKeys();
  const self = { name: authorityName, key: privateKey, publicKey };
  let serial = 1;
  return {
    pem: certificate(serial, self, self, IS_AUTHORITY),
    issue(host) {
      serial += 1;
      const keys = newKeys();
      return {
        cert: certificate(serial, self, { name: host, publicKey: keys.publicKey }, altName(host)),
        key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      };
    },
  };
}
