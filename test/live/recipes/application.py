# What the test adds to the recipe of docs/consumer.md: an application that asks for tokens until its client secret has been rotated.
import os
import sys

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # loopback


def main(config_file, endpoint, secret_id):
    client = oci.secrets.SecretsClient(oci.config.from_file(config_file), service_endpoint=endpoint)
    refusals = []

    def judged(error):
        refusals.append(type(error).__name__)
        return is_refused(error)

    app = Credential(reader_of(client, secret_id), judged)
    seen, tokens, failures = set(), 0, []
    request = token_from(f"{endpoint}/oauth2/v1/token", "urn:opc:idm:__myscopes__")

    def note(content):
        token = request(content)
        seen.add(secret_of(content))
        return token

    limit = time.monotonic() + 120
    while len(seen) < 2 and time.monotonic() < limit:
        try:
            tokens += bool(app.use(note)["access_token"])
        except Exception as error:
            failures.append(type(error).__name__)
        open("ready", "w").close()
        time.sleep(0.02)
    print(json.dumps({"values": len(seen), "hasTokens": tokens > 0, "refused": len(refusals) > 0, "failures": failures}))


main(*sys.argv[1:])
