"""A rotation function in another language: Python, with Oracle's FDK and SDK, under a resource principal.

It makes its calls in the order of Oracle's Java sample: PENDING before CURRENT, a login, the new client secret, one PENDING version, then the
promotion. It keeps nothing safe from a lost answer; it shows that the emulator hosts what people have.
"""

import base64
import io
import json
import os
import urllib.request

import oci
from fdk import response

signer = oci.auth.signers.get_resource_principals_signer()
vaults = oci.vault.VaultsClient({}, signer=signer, service_endpoint=os.environ["OROT_VAULT_ENDPOINT"])
bundles = oci.secrets.SecretsClient({}, signer=signer, service_endpoint=os.environ["OROT_SECRETS_ENDPOINT"])


def bundle(secret_id, stage):
    """Number and credential of a version, or nothing if no version has the stage."""
    try:
        found = bundles.get_secret_bundle(secret_id, stage=stage).data
    except oci.exceptions.ServiceError as error:
        if error.status == 404:
            return None
        raise
    content = base64.b64decode(found.secret_bundle_content.content)
    return found.version_number, json.loads(content)


def post(url, headers, body):
    request = urllib.request.Request(url, data=body.encode(), headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def login(credential):
    basic = base64.b64encode(f"{credential['clientId']}:{credential['appSecret']}".encode()).decode()
    form = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    scope = "grant_type=client_credentials&scope=urn:opc:idm:__myscopes__"
    return post(f"{credential['domainUrl']}/oauth2/v1/token", form, scope)["access_token"]


def wait_until_active(secret_id):
    oci.wait_until(vaults, vaults.get_secret(secret_id), "lifecycle_state", "ACTIVE", max_wait_seconds=60)


def update(secret_id, **details):
    vaults.update_secret(secret_id, oci.vault.models.UpdateSecretDetails(**details))
    wait_until_active(secret_id)


def verify(secret_id, _version):
    found = bundle(secret_id, "PENDING") or bundle(secret_id, "CURRENT")
    login(found[1])
    return found[0]


def create(secret_id, _version):
    pending, (_, credential) = bundle(secret_id, "PENDING"), bundle(secret_id, "CURRENT")
    if pending is not None:
        return None
    headers = {"Authorization": f"Bearer {login(credential)}", "Content-Type": "application/json"}
    schemas = ["urn:ietf:params:scim:schemas:oracle:idcs:AppClientSecretRegenerator"]
    asked = json.dumps({"appId": credential["appId"], "schemas": schemas})
    made = post(f"{credential['domainUrl']}/admin/v1/AppClientSecretRegenerator", headers, asked)
    text = json.dumps({**credential, "appSecret": made["clientSecret"]}, indent=2)
    content = oci.vault.models.Base64SecretContentDetails(
        content=base64.b64encode(text.encode()).decode(), stage="PENDING"
    )
    update(secret_id, secret_content=content)
    return None


def update_target(secret_id, _version):
    number, credential = bundle(secret_id, "PENDING")
    login(credential)
    return number


def promote(secret_id, version):
    update(secret_id, current_version_number=version)
    return None


STEPS = {
    "VERIFY_CONNECTION": verify,
    "CREATE_PENDING_VERSION": create,
    "UPDATE_TARGET_SYSTEM": update_target,
    "PROMOTE_PENDING_VERSION": promote,
}


def handler(ctx, data: io.BytesIO = None):
    event = json.loads(data.getvalue())
    try:
        version = STEPS[event["step"]](event["secretId"], event.get("versionNo"))
        answer = {"responseCode": 200, "returnMessage": event["step"], "versionNo": version}
    except Exception as error:  # Vault wants an answer, whatever has happened
        answer = {"responseCode": 500, "returnMessage": type(error).__name__, "versionNo": None}
    return response.Response(ctx, response_data=json.dumps(answer), headers={"Content-Type": "application/json"})
