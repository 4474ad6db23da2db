"""Drives OCI Vault, Work Requests and Functions at an endpoint with the official Python SDK, and prints what it saw as one JSON object.

Arguments: configuration file, endpoint, id of a secret that a function rotates, id of the function. It judges nothing but the enumerations
that the SDK itself checks: a value that the service's API does not have ends it with an error.
"""

import base64
import datetime
import json
import sys

import oci

UNKNOWN = "UNKNOWN_ENUM_VALUE"


def checked(value):
    """The value, if no member of the model is one that the SDK does not know."""
    if UNKNOWN in str(value):
        raise ValueError(f"a member has a value that the SDK does not know: {type(value).__name__}")
    return value


def refused(call, *args, **kwargs):
    """Status and code with which the service refuses a call."""
    try:
        call(*args, **kwargs)
    except oci.exceptions.ServiceError as error:
        return [error.status, error.code]
    raise ValueError(f"{call.__name__} was not refused")


def main(config_file, endpoint, secret_id, function_id):
    config = oci.config.from_file(config_file)
    vaults = oci.vault.VaultsClient(config, service_endpoint=endpoint)
    bundles = oci.secrets.SecretsClient(config, service_endpoint=endpoint)
    work_requests = oci.work_requests.WorkRequestClient(config, service_endpoint=endpoint)
    functions = oci.functions.FunctionsManagementClient(config, service_endpoint=endpoint)

    def active():
        answer = oci.wait_until(vaults, vaults.get_secret(secret_id), "lifecycle_state", "ACTIVE", max_wait_seconds=30)
        return checked(answer.data)

    def versions(**options):
        # Two to a page, so that pages are followed.
        return checked(oci.pagination.list_call_get_all_results(vaults.list_secret_versions, secret_id, **options).data)

    def stages():
        return {version.version_number: version.stages for version in versions(limit=2)}

    def update(**details):
        etag = details.pop("if_match", None)
        options = {} if etag is None else {"if_match": etag}
        composite = oci.vault.VaultsClientCompositeOperations(vaults)
        answer = composite.update_secret_and_wait_for_state(
            secret_id,
            oci.vault.models.UpdateSecretDetails(**details),
            wait_for_states=["ACTIVE"],
            operation_kwargs=options,
        )
        return checked(answer.data)

    def content(text, **options):
        encoded = base64.b64encode(text.encode()).decode()
        return oci.vault.models.Base64SecretContentDetails(content=encoded, **options)

    def bundle(**selector):
        found = checked(bundles.get_secret_bundle(secret_id, **selector).data)
        text = base64.b64decode(found.secret_bundle_content.content).decode()
        return [found.version_number, found.stages, json.loads(text)]

    seen = {}
    before = active()
    seen["secret"] = [before.secret_name, before.current_version_number, before.rotation_status]
    compartment = before.compartment_id
    listed = oci.pagination.list_call_get_all_results(vaults.list_secrets, compartment)
    seen["listed"] = [secret.id == secret_id for secret in checked(listed.data)]

    # Vault's own rotation, through the function.
    accepted = vaults.rotate_secret(secret_id)
    work_request_id = accepted.headers["opc-work-request-id"]
    work_request = work_requests.get_work_request(work_request_id)
    done = oci.wait_until(work_requests, work_request, "status", "SUCCEEDED", max_wait_seconds=45, max_interval_seconds=1)
    checked(done.data)
    seen["workRequest"] = [done.data.operation_type, done.data.percent_complete, done.data.resources[0].action_type]
    seen["errors"] = len(work_requests.list_work_request_errors(work_request_id).data)
    seen["logs"] = [entry.message for entry in work_requests.list_work_request_logs(work_request_id).data]
    summaries = oci.pagination.list_call_get_all_results(
        work_requests.list_work_requests, compartment, resource_id=secret_id
    )
    seen["workRequests"] = [[item.id == work_request_id, item.status] for item in checked(summaries.data)]
    rotated = active()
    seen["rotated"] = [rotated.current_version_number, rotated.last_rotation_time is not None]
    seen["stages"] = stages()

    # The function, called at the endpoint that GetFunction names.
    function = checked(functions.get_function(function_id).data)
    invoker = oci.functions.FunctionsInvokeClient(config, service_endpoint=function.invoke_endpoint)
    event = json.dumps({"secretId": secret_id, "action": "check"})
    seen["invoked"] = json.loads(invoker.invoke_function(function_id, invoke_function_body=event).data.content)

    # Versions by hand: PENDING, promoted, and back.
    base = active().current_version_number
    etag = vaults.get_secret(secret_id).headers["etag"]
    update(secret_content=content('{"by": "hand"}', name="by-hand", stage="PENDING"), if_match=etag)
    seen["pending"] = bundle(stage="PENDING")[1:]
    update(current_version_number=base + 1)
    seen["promoted"] = [stages()[base + 1], stages()[base]]
    update(current_version_number=base)
    seen["restored"] = stages()[base]
    seen["byNumber"] = bundle(version_number=base + 1)[2]
    seen["byName"] = bundle(secret_version_name="by-hand")[2]
    named = bundles.get_secret_bundle_by_name(before.secret_name, before.vault_id)
    seen["bySecretName"] = checked(named.data).version_number == base
    listed = oci.pagination.list_call_get_all_results(bundles.list_secret_bundle_versions, secret_id)
    seen["bundleVersions"] = len(checked(listed.data)) == len(versions())

    # Deletion of a version, and back.
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)
    details = oci.vault.models.ScheduleSecretVersionDeletionDetails(time_of_deletion=moment)
    vaults.schedule_secret_version_deletion(secret_id, base - 2, details)
    active()
    deletion = vaults.get_secret_version(secret_id, base - 2).data.time_of_deletion
    seen["deletion"] = deletion.isoformat(timespec="milliseconds") == moment.isoformat(timespec="milliseconds")
    vaults.cancel_secret_version_deletion(secret_id, base - 2)
    active()
    seen["noDeletion"] = vaults.get_secret_version(secret_id, base - 2).data.time_of_deletion

    update(metadata={"owner": "somebody"})
    update(freeform_tags={"purpose": "live"})
    tagged = active()
    seen["labels"] = [tagged.metadata, tagged.freeform_tags]

    vaults.cancel_secret_rotation(secret_id)
    seen["cancelled"] = active().rotation_status

    seen["refused"] = {
        "unknown": refused(vaults.get_secret, secret_id + "x"),
        "stale": refused(
            vaults.update_secret,
            secret_id,
            oci.vault.models.UpdateSecretDetails(current_version_number=base),
            if_match=etag,
        ),
        "name": refused(
            vaults.update_secret,
            secret_id,
            oci.vault.models.UpdateSecretDetails(secret_content=content("x", name="by-hand")),
        ),
        "current": refused(vaults.schedule_secret_version_deletion, secret_id, base, details),
        "bundle": refused(bundles.get_secret_bundle, secret_id, version_number=999),
        "workRequest": refused(work_requests.get_work_request, work_request_id + "x"),
        "function": refused(functions.get_function, function_id + "x"),
    }
    json.dump(seen, sys.stdout)


main(*sys.argv[1:])
