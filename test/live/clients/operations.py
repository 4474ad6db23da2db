"""Calls each operation of OCI's services with the official Python SDK, and prints one JSON object: operation to "works", to the status 501,
or to what was wrong. The argument is a JSON object: the configuration file, the endpoint, and the ids that the emulator announced.

The programs beside this one do the same in other languages, under the same names.
"""

import base64
import datetime
import json
import sys

import oci

results = {}


def works(condition, what):
    if not condition:
        raise ValueError(what)


def checked(value):
    """The value, if no member of the model is one that the SDK does not know."""
    works("UNKNOWN_ENUM_VALUE" not in str(value), f"a value that the SDK does not know in {type(value).__name__}")
    return value


def operation(name):
    def run(body):
        try:
            body()
            results[name] = "works"
        except oci.exceptions.ServiceError as error:
            results[name] = "501" if error.status == 501 else f"{error.status} {error.code}: {error.message}"
        except Exception as error:  # whatever it is, the table shows it
            results[name] = f"{type(error).__name__}: {error}"

    return run


def main(ids):
    config = oci.config.from_file(ids["configFile"])
    at = {"service_endpoint": ids["url"]}
    vaults = oci.vault.VaultsClient(config, **at)
    bundles = oci.secrets.SecretsClient(config, **at)
    work_requests = oci.work_requests.WorkRequestClient(config, **at)
    functions = oci.functions.FunctionsManagementClient(config, **at)
    topics = oci.ons.NotificationControlPlaneClient(config, **at)
    messages = oci.ons.NotificationDataPlaneClient(config, **at)
    model = oci.vault.models
    compartment, sample = ids["compartmentId"], ids["secretId"]
    made = {}

    def active(secret_id):
        answer = oci.wait_until(vaults, vaults.get_secret(secret_id), "lifecycle_state", "ACTIVE", max_wait_seconds=30)
        return checked(answer.data)

    def content(text, **options):
        return model.Base64SecretContentDetails(content=base64.b64encode(text.encode()).decode(), **options)

    def update(**details):
        vaults.update_secret(made["id"], model.UpdateSecretDetails(**details))
        return active(made["id"])

    def everything(call, *args, **options):
        return checked(oci.pagination.list_call_get_all_results(call, *args, **options).data)

    def stages(number):
        return checked(vaults.get_secret_version(made["id"], number).data).stages

    def in_days(days):
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)

    @operation("CreateSecret")
    def _():
        rules = [
            model.SecretReuseRule(is_enforced_on_deleted_secret_versions=False),
            model.SecretExpiryRule(secret_version_expiry_interval="P30D", is_secret_content_retrieval_blocked_on_expiry=False),
        ]
        target = model.FunctionTargetSystemDetails(function_id=ids["functionId"])
        rotation = model.RotationConfig(
            target_system_details=target, rotation_interval="P60D", is_scheduled_rotation_enabled=True
        )
        details = model.CreateSecretDetails(
            compartment_id=compartment,
            vault_id=ids["vaultId"],
            key_id=ids["keyId"],
            secret_name="live-python",
            description="made by a client",
            freeform_tags={"purpose": "live"},
            metadata={"owner": "somebody"},
            secret_rules=rules,
            rotation_config=rotation,
            secret_content=content("one", name="first"),
        )
        made["id"] = checked(vaults.create_secret(details).data).id
        seen = active(made["id"])
        works(seen.freeform_tags == {"purpose": "live"} and seen.metadata == {"owner": "somebody"}, "tags are lost")
        works({rule.rule_type for rule in seen.secret_rules} == {"SECRET_REUSE_RULE", "SECRET_EXPIRY_RULE"}, "rules are lost")
        works(seen.rotation_config.rotation_interval == "P60D" and seen.rotation_status == "SCHEDULED", "rotation is lost")
        works(seen.rotation_config.target_system_details.function_id == ids["functionId"], "target is lost")

    @operation("GetSecret")
    def _():
        works(active(sample).secret_name == ids["secretName"], "another secret")

    @operation("ListSecrets")
    def _():
        seen = everything(vaults.list_secrets, compartment, limit=1)
        works(len({secret.id for secret in seen} & {sample, made["id"]}) == 2, "a secret is missing")

    @operation("UpdateSecret: tags and description")
    def _():
        seen = update(description="another", freeform_tags={"purpose": "changed"})
        works((seen.description, seen.freeform_tags) == ("another", {"purpose": "changed"}), "not changed")

    @operation("UpdateSecret: new content")
    def _():
        update(secret_content=content("two", name="second", stage="PENDING"))
        works(stages(2) == ["PENDING", "LATEST"], "not PENDING")

    @operation("UpdateSecret: promote")
    def _():
        works(update(current_version_number=2).current_version_number == 2, "not promoted")

    @operation("UpdateSecret: promote beside empty content")
    def _():
        empty = model.Base64SecretContentDetails()
        works(update(secret_content=empty, current_version_number=1).current_version_number == 1, "not promoted")

    @operation("ListSecretVersions")
    def _():
        seen = everything(vaults.list_secret_versions, made["id"], limit=1)
        works([version.version_number for version in seen] == [2, 1], "other versions")

    @operation("GetSecretVersion")
    def _():
        works(stages(1) == ["CURRENT"], "other stages")

    def bundle(**selector):
        found = checked(bundles.get_secret_bundle(made["id"], **selector).data)
        return base64.b64decode(found.secret_bundle_content.content).decode()

    @operation("GetSecretBundle: by stage")
    def _():
        works(bundle(stage="CURRENT") == "one", "other content")

    @operation("GetSecretBundle: by number")
    def _():
        works(bundle(version_number=2) == "two", "other content")

    @operation("GetSecretBundle: by version name")
    def _():
        works(bundle(secret_version_name="second") == "two", "other content")

    @operation("GetSecretBundleByName")
    def _():
        found = checked(bundles.get_secret_bundle_by_name("live-python", ids["vaultId"]).data)
        works(found.secret_id == made["id"], "another secret")

    @operation("ListSecretBundleVersions")
    def _():
        works(len(everything(bundles.list_secret_bundle_versions, made["id"], limit=1)) == 2, "other versions")

    @operation("RotateSecret")
    def _():
        made["work"] = vaults.rotate_secret(sample).headers["opc-work-request-id"]

    @operation("GetWorkRequest")
    def _():
        answer = work_requests.get_work_request(made["work"])
        done = oci.wait_until(work_requests, answer, "status", "SUCCEEDED", max_wait_seconds=45, max_interval_seconds=1)
        works((checked(done.data).operation_type, done.data.percent_complete) == ("ROTATE_SECRET", 100), "not done")

    @operation("ListWorkRequests")
    def _():
        seen = everything(work_requests.list_work_requests, compartment, resource_id=sample)
        works([item.id for item in seen] == [made["work"]], "not listed")

    @operation("ListWorkRequestLogs")
    def _():
        works(len(everything(work_requests.list_work_request_logs, made["work"])) == 4, "not four steps")

    @operation("ListWorkRequestErrors")
    def _():
        works(everything(work_requests.list_work_request_errors, made["work"]) == [], "errors")

    @operation("CancelSecretRotation")
    def _():
        vaults.cancel_secret_rotation(made["id"])
        works(active(made["id"]).rotation_status == "NOT_ENABLED", "still on")

    @operation("ScheduleSecretVersionDeletion")
    def _():
        update(secret_content=content("three"))
        details = model.ScheduleSecretVersionDeletionDetails(time_of_deletion=in_days(2))
        vaults.schedule_secret_version_deletion(made["id"], 2, details)
        active(made["id"])
        works(vaults.get_secret_version(made["id"], 2).data.time_of_deletion is not None, "no time")

    @operation("CancelSecretVersionDeletion")
    def _():
        vaults.cancel_secret_version_deletion(made["id"], 2)
        active(made["id"])
        works(vaults.get_secret_version(made["id"], 2).data.time_of_deletion is None, "still a time")

    @operation("ChangeSecretCompartment")
    def _():
        details = model.ChangeSecretCompartmentDetails(compartment_id=compartment)
        vaults.change_secret_compartment(made["id"], details)
        works(active(made["id"]).compartment_id == compartment, "elsewhere")

    def wait_for_state(state):
        answer = vaults.get_secret(made["id"])
        checked(oci.wait_until(vaults, answer, "lifecycle_state", state, max_wait_seconds=30).data)

    @operation("ScheduleSecretDeletion")
    def _():
        vaults.schedule_secret_deletion(made["id"], model.ScheduleSecretDeletionDetails(time_of_deletion=in_days(3)))
        wait_for_state("PENDING_DELETION")

    @operation("CancelSecretDeletion")
    def _():
        vaults.cancel_secret_deletion(made["id"])
        wait_for_state("ACTIVE")

    function, application = ids["functionId"], ids["applicationId"]

    @operation("GetFunction")
    def _():
        made["invoke"] = checked(functions.get_function(function).data).invoke_endpoint

    @operation("ListFunctions")
    def _():
        works([item.id for item in everything(functions.list_functions, application)] == [function], "not listed")

    @operation("UpdateFunction")
    def _():
        before = functions.get_function(function).data.config
        details = oci.functions.models.UpdateFunctionDetails(config={**before, "LIVE": "python"})
        functions.update_function(function, details)
        works(checked(functions.get_function(function).data).config["LIVE"] == "python", "not changed")

    @operation("InvokeFunction")
    def _():
        invoker = oci.functions.FunctionsInvokeClient(config, service_endpoint=made["invoke"])
        event = json.dumps({"secretId": sample, "action": "check"})
        answer = json.loads(invoker.invoke_function(function, invoke_function_body=event).data.content)
        works(answer["responseCode"] == 200, answer.get("returnMessage"))

    @operation("DeleteFunction")
    def _():
        functions.delete_function(function)

    @operation("GetApplication")
    def _():
        works(checked(functions.get_application(application).data).id == application, "another")

    @operation("ListApplications")
    def _():
        works([item.id for item in everything(functions.list_applications, compartment)] == [application], "not listed")

    @operation("UpdateApplication")
    def _():
        details = oci.functions.models.UpdateApplicationDetails(config={"LIVE": "application"})
        functions.update_application(application, details)
        works(functions.get_application(application).data.config["LIVE"] == "application", "not changed")

    @operation("CreateTopic")
    def _():
        details = oci.ons.models.CreateTopicDetails(name="live", compartment_id=compartment)
        made["topic"] = checked(topics.create_topic(details).data).topic_id

    @operation("GetTopic")
    def _():
        works(checked(topics.get_topic(made["topic"]).data).name == "live", "another")

    @operation("ListTopics")
    def _():
        works(made["topic"] in [item.topic_id for item in everything(topics.list_topics, compartment)], "not listed")

    @operation("PublishMessage")
    def _():
        details = oci.ons.models.MessageDetails(title="live", body="hello")
        works(messages.publish_message(made["topic"], details).data.message_id is not None, "no id")

    json.dump(results, sys.stdout)


main(json.loads(sys.argv[1]))
