// Calls each operation of OCI's services with the official Go SDK, and prints one JSON object: operation to "works", to the status 501, or to
// what was wrong. ../operations.py says more.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/functions"
	"github.com/oracle/oci-go-sdk/v65/ons"
	"github.com/oracle/oci-go-sdk/v65/secrets"
	"github.com/oracle/oci-go-sdk/v65/vault"
	"github.com/oracle/oci-go-sdk/v65/workrequests"
)

type given struct {
	Url, ConfigFile, SecretId, SecretName, FunctionId, ApplicationId, CompartmentId, VaultId, KeyId string
}

var results = map[string]string{}
var ctx = context.Background()

func operation(name string, body func() error) {
	err := body()
	var refusal common.ServiceError
	switch {
	case err == nil:
		results[name] = "works"
	case errors.As(err, &refusal) && refusal.GetHTTPStatusCode() == 501:
		results[name] = "501"
	case errors.As(err, &refusal):
		results[name] = fmt.Sprintf("%d %s: %s", refusal.GetHTTPStatusCode(), refusal.GetCode(), refusal.GetMessage())
	default:
		results[name] = err.Error()
	}
}

func works(condition bool, what string) error {
	if condition {
		return nil
	}
	return errors.New(what)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// until asks every half second, at most a minute.
func until(ready func() (bool, error)) error {
	for asked := 0; asked < 120; asked++ {
		if done, err := ready(); done || err != nil {
			return err
		}
		time.Sleep(500 * time.Millisecond)
	}
	return errors.New("it did not end within a minute")
}

// pages follows the pages of a list: call answers the items of one page and the token of the next.
func pages[T any](call func(page *string) ([]T, *string, error)) ([]T, error) {
	var all []T
	var page *string
	for {
		items, next, err := call(page)
		all = append(all, items...)
		if err != nil || next == nil || len(all) > 1000 {
			return all, err
		}
		page = next
	}
}

func encoded(text string) *string {
	return common.String(base64.StdEncoding.EncodeToString([]byte(text)))
}

func inDays(days int) *common.SDKTime {
	return &common.SDKTime{Time: time.Now().AddDate(0, 0, days)}
}

func main() {
	var ids given
	must(json.Unmarshal([]byte(os.Args[1]), &ids))
	config, err := common.ConfigurationProviderFromFile(ids.ConfigFile, "")
	must(err)
	vaults, err := vault.NewVaultsClientWithConfigurationProvider(config)
	must(err)
	bundles, err := secrets.NewSecretsClientWithConfigurationProvider(config)
	must(err)
	requests, err := workrequests.NewWorkRequestClientWithConfigurationProvider(config)
	must(err)
	management, err := functions.NewFunctionsManagementClientWithConfigurationProvider(config)
	must(err)
	topics, err := ons.NewNotificationControlPlaneClientWithConfigurationProvider(config)
	must(err)
	messages, err := ons.NewNotificationDataPlaneClientWithConfigurationProvider(config)
	must(err)
	for _, client := range []*common.BaseClient{
		&vaults.BaseClient, &bundles.BaseClient, &requests.BaseClient, &management.BaseClient, &topics.BaseClient, &messages.BaseClient,
	} {
		client.Host = ids.Url
	}
	name := "live-go"
	var made, work, invokeEndpoint, topic *string

	inState := func(id *string, state vault.SecretLifecycleStateEnum) (vault.Secret, error) {
		var seen vault.Secret
		err := until(func() (bool, error) {
			answer, err := vaults.GetSecret(ctx, vault.GetSecretRequest{SecretId: id})
			seen = answer.Secret
			return err == nil && seen.LifecycleState == state, err
		})
		return seen, err
	}
	active := func(id *string) (vault.Secret, error) { return inState(id, vault.SecretLifecycleStateActive) }
	update := func(details vault.UpdateSecretDetails) (vault.Secret, error) {
		_, err := vaults.UpdateSecret(ctx, vault.UpdateSecretRequest{SecretId: made, UpdateSecretDetails: details})
		if err != nil {
			return vault.Secret{}, err
		}
		return active(made)
	}
	version := func(number int64) (vault.SecretVersion, error) {
		answer, err := vaults.GetSecretVersion(ctx, vault.GetSecretVersionRequest{SecretId: made, SecretVersionNumber: &number})
		return answer.SecretVersion, err
	}
	has := func(number int64, stages ...string) error {
		seen, err := version(number)
		if err != nil {
			return err
		}
		var found []string
		for _, stage := range seen.Stages {
			found = append(found, string(stage))
		}
		return works(reflect.DeepEqual(found, stages), fmt.Sprintf("stages %v", found))
	}
	current := func(number int64, details vault.UpdateSecretDetails) error {
		details.CurrentVersionNumber = &number
		seen, err := update(details)
		if err != nil {
			return err
		}
		return works(*seen.CurrentVersionNumber == number, "not promoted")
	}

	operation("CreateSecret", func() error {
		answer, err := vaults.CreateSecret(ctx, vault.CreateSecretRequest{CreateSecretDetails: vault.CreateSecretDetails{
			CompartmentId: &ids.CompartmentId, VaultId: &ids.VaultId, KeyId: &ids.KeyId, SecretName: &name,
			Description:  common.String("made by a client"),
			FreeformTags: map[string]string{"purpose": "live"},
			Metadata:     map[string]interface{}{"owner": "somebody"},
			SecretRules: []vault.SecretRule{
				vault.SecretReuseRule{IsEnforcedOnDeletedSecretVersions: common.Bool(false)},
				vault.SecretExpiryRule{
					SecretVersionExpiryInterval: common.String("P30D"), IsSecretContentRetrievalBlockedOnExpiry: common.Bool(false),
				},
			},
			RotationConfig: &vault.RotationConfig{
				TargetSystemDetails:        vault.FunctionTargetSystemDetails{FunctionId: &ids.FunctionId},
				RotationInterval:           common.String("P60D"),
				IsScheduledRotationEnabled: common.Bool(true),
			},
			SecretContent: vault.Base64SecretContentDetails{Content: encoded("one"), Name: common.String("first")},
		}})
		if err != nil {
			return err
		}
		made = answer.Id
		seen, err := active(made)
		if err != nil {
			return err
		}
		target, _ := seen.RotationConfig.TargetSystemDetails.(vault.FunctionTargetSystemDetails)
		kept := seen.FreeformTags["purpose"] == "live" && seen.Metadata["owner"] == "somebody" && len(seen.SecretRules) == 2 &&
			*seen.RotationConfig.RotationInterval == "P60D" && target.FunctionId != nil && *target.FunctionId == ids.FunctionId
		return works(kept, "tags, rules or rotation are lost")
	})
	operation("GetSecret", func() error {
		seen, err := active(&ids.SecretId)
		if err != nil {
			return err
		}
		return works(*seen.SecretName == ids.SecretName, "another secret")
	})
	operation("ListSecrets", func() error {
		all, err := pages(func(page *string) ([]vault.SecretSummary, *string, error) {
			request := vault.ListSecretsRequest{CompartmentId: &ids.CompartmentId, Limit: common.Int(1), Page: page}
			answer, err := vaults.ListSecrets(ctx, request)
			return answer.Items, answer.OpcNextPage, err
		})
		found := 0
		for _, secret := range all {
			if *secret.Id == ids.SecretId || (made != nil && *secret.Id == *made) {
				found++
			}
		}
		return errors.Join(err, works(found == 2, "a secret is missing"))
	})
	operation("UpdateSecret: tags and description", func() error {
		seen, err := update(vault.UpdateSecretDetails{
			Description: common.String("another"), FreeformTags: map[string]string{"purpose": "changed"},
		})
		if err != nil {
			return err
		}
		return works(*seen.Description == "another" && seen.FreeformTags["purpose"] == "changed", "not changed")
	})
	operation("UpdateSecret: new content", func() error {
		_, err := update(vault.UpdateSecretDetails{SecretContent: vault.Base64SecretContentDetails{
			Content: encoded("two"), Name: common.String("second"), Stage: vault.SecretContentDetailsStagePending,
		}})
		if err != nil {
			return err
		}
		return has(2, "PENDING", "LATEST")
	})
	operation("UpdateSecret: promote", func() error { return current(2, vault.UpdateSecretDetails{}) })
	operation("UpdateSecret: promote beside empty content", func() error {
		return current(1, vault.UpdateSecretDetails{SecretContent: vault.Base64SecretContentDetails{}})
	})
	operation("ListSecretVersions", func() error {
		all, err := pages(func(page *string) ([]vault.SecretVersionSummary, *string, error) {
			request := vault.ListSecretVersionsRequest{SecretId: made, Limit: common.Int(1), Page: page}
			answer, err := vaults.ListSecretVersions(ctx, request)
			return answer.Items, answer.OpcNextPage, err
		})
		return errors.Join(err, works(len(all) == 2 && *all[0].VersionNumber == 2, "other versions"))
	})
	operation("GetSecretVersion", func() error { return has(1, "CURRENT") })

	reads := func(request secrets.GetSecretBundleRequest, content string) error {
		request.SecretId = made
		answer, err := bundles.GetSecretBundle(ctx, request)
		if err != nil {
			return err
		}
		found, _ := answer.SecretBundleContent.(secrets.Base64SecretBundleContentDetails)
		return works(found.Content != nil && *found.Content == *encoded(content), "other content")
	}
	operation("GetSecretBundle: by stage", func() error {
		return reads(secrets.GetSecretBundleRequest{Stage: secrets.GetSecretBundleStageCurrent}, "one")
	})
	operation("GetSecretBundle: by number", func() error {
		return reads(secrets.GetSecretBundleRequest{VersionNumber: common.Int64(2)}, "two")
	})
	operation("GetSecretBundle: by version name", func() error {
		return reads(secrets.GetSecretBundleRequest{SecretVersionName: common.String("second")}, "two")
	})
	operation("GetSecretBundleByName", func() error {
		request := secrets.GetSecretBundleByNameRequest{SecretName: &name, VaultId: &ids.VaultId}
		answer, err := bundles.GetSecretBundleByName(ctx, request)
		if err != nil {
			return err
		}
		return works(*answer.SecretId == *made, "another secret")
	})
	operation("ListSecretBundleVersions", func() error {
		all, err := pages(func(page *string) ([]secrets.SecretBundleVersionSummary, *string, error) {
			request := secrets.ListSecretBundleVersionsRequest{SecretId: made, Limit: common.Int(1), Page: page}
			answer, err := bundles.ListSecretBundleVersions(ctx, request)
			return answer.Items, answer.OpcNextPage, err
		})
		return errors.Join(err, works(len(all) == 2, "other versions"))
	})

	operation("RotateSecret", func() error {
		answer, err := vaults.RotateSecret(ctx, vault.RotateSecretRequest{SecretId: &ids.SecretId})
		work = answer.OpcWorkRequestId
		return errors.Join(err, works(work != nil, "no work request"))
	})
	operation("GetWorkRequest", func() error {
		var seen workrequests.WorkRequest
		err := until(func() (bool, error) {
			answer, err := requests.GetWorkRequest(ctx, workrequests.GetWorkRequestRequest{WorkRequestId: work})
			seen = answer.WorkRequest
			return err == nil && seen.TimeFinished != nil, err
		})
		if err != nil {
			return err
		}
		done := seen.Status == workrequests.WorkRequestStatusSucceeded && *seen.OperationType == "ROTATE_SECRET"
		return works(done && *seen.PercentComplete == 100, fmt.Sprintf("it ended %s", seen.Status))
	})
	operation("ListWorkRequests", func() error {
		request := workrequests.ListWorkRequestsRequest{CompartmentId: &ids.CompartmentId, ResourceId: &ids.SecretId}
		answer, err := requests.ListWorkRequests(ctx, request)
		return errors.Join(err, works(len(answer.Items) == 1 && *answer.Items[0].Id == *work, "not listed"))
	})
	operation("ListWorkRequestLogs", func() error {
		answer, err := requests.ListWorkRequestLogs(ctx, workrequests.ListWorkRequestLogsRequest{WorkRequestId: work})
		return errors.Join(err, works(len(answer.Items) == 4, "not four steps"))
	})
	operation("ListWorkRequestErrors", func() error {
		answer, err := requests.ListWorkRequestErrors(ctx, workrequests.ListWorkRequestErrorsRequest{WorkRequestId: work})
		return errors.Join(err, works(len(answer.Items) == 0, "errors"))
	})
	operation("CancelSecretRotation", func() error {
		if _, err := vaults.CancelSecretRotation(ctx, vault.CancelSecretRotationRequest{SecretId: made}); err != nil {
			return err
		}
		seen, err := active(made)
		return errors.Join(err, works(seen.RotationStatus == vault.SecretRotationStatusNotEnabled, "still on"))
	})
	deletion := func(expected bool) error {
		if _, err := active(made); err != nil {
			return err
		}
		seen, err := version(2)
		return errors.Join(err, works((seen.TimeOfDeletion != nil) == expected, "other time of deletion"))
	}
	operation("ScheduleSecretVersionDeletion", func() error {
		content := vault.Base64SecretContentDetails{Content: encoded("three")}
		if _, err := update(vault.UpdateSecretDetails{SecretContent: content}); err != nil {
			return err
		}
		_, err := vaults.ScheduleSecretVersionDeletion(ctx, vault.ScheduleSecretVersionDeletionRequest{
			SecretId: made, SecretVersionNumber: common.Int64(2),
			ScheduleSecretVersionDeletionDetails: vault.ScheduleSecretVersionDeletionDetails{TimeOfDeletion: inDays(2)},
		})
		if err != nil {
			return err
		}
		return deletion(true)
	})
	operation("CancelSecretVersionDeletion", func() error {
		request := vault.CancelSecretVersionDeletionRequest{SecretId: made, SecretVersionNumber: common.Int64(2)}
		if _, err := vaults.CancelSecretVersionDeletion(ctx, request); err != nil {
			return err
		}
		return deletion(false)
	})
	operation("ChangeSecretCompartment", func() error {
		_, err := vaults.ChangeSecretCompartment(ctx, vault.ChangeSecretCompartmentRequest{
			SecretId:                       made,
			ChangeSecretCompartmentDetails: vault.ChangeSecretCompartmentDetails{CompartmentId: &ids.CompartmentId},
		})
		if err != nil {
			return err
		}
		seen, err := active(made)
		return errors.Join(err, works(*seen.CompartmentId == ids.CompartmentId, "elsewhere"))
	})
	operation("ScheduleSecretDeletion", func() error {
		_, err := vaults.ScheduleSecretDeletion(ctx, vault.ScheduleSecretDeletionRequest{
			SecretId: made, ScheduleSecretDeletionDetails: vault.ScheduleSecretDeletionDetails{TimeOfDeletion: inDays(3)},
		})
		if err != nil {
			return err
		}
		_, err = inState(made, vault.SecretLifecycleStatePendingDeletion)
		return err
	})
	operation("CancelSecretDeletion", func() error {
		if _, err := vaults.CancelSecretDeletion(ctx, vault.CancelSecretDeletionRequest{SecretId: made}); err != nil {
			return err
		}
		_, err := active(made)
		return err
	})

	operation("GetFunction", func() error {
		answer, err := management.GetFunction(ctx, functions.GetFunctionRequest{FunctionId: &ids.FunctionId})
		invokeEndpoint = answer.InvokeEndpoint
		return errors.Join(err, works(invokeEndpoint != nil, "no endpoint"))
	})
	operation("ListFunctions", func() error {
		answer, err := management.ListFunctions(ctx, functions.ListFunctionsRequest{ApplicationId: &ids.ApplicationId})
		return errors.Join(err, works(len(answer.Items) == 1 && *answer.Items[0].Id == ids.FunctionId, "not listed"))
	})
	operation("UpdateFunction", func() error {
		before, err := management.GetFunction(ctx, functions.GetFunctionRequest{FunctionId: &ids.FunctionId})
		if err != nil {
			return err
		}
		before.Config["LIVE"] = "go"
		_, err = management.UpdateFunction(ctx, functions.UpdateFunctionRequest{
			FunctionId: &ids.FunctionId, UpdateFunctionDetails: functions.UpdateFunctionDetails{Config: before.Config},
		})
		if err != nil {
			return err
		}
		after, err := management.GetFunction(ctx, functions.GetFunctionRequest{FunctionId: &ids.FunctionId})
		return errors.Join(err, works(after.Config["LIVE"] == "go", "not changed"))
	})
	operation("InvokeFunction", func() error {
		invoker, err := functions.NewFunctionsInvokeClientWithConfigurationProvider(config, *invokeEndpoint)
		if err != nil {
			return err
		}
		event, _ := json.Marshal(map[string]string{"secretId": ids.SecretId, "action": "check"})
		answer, err := invoker.InvokeFunction(ctx, functions.InvokeFunctionRequest{
			FunctionId: &ids.FunctionId, InvokeFunctionBody: io.NopCloser(strings.NewReader(string(event))),
		})
		if err != nil {
			return err
		}
		var said struct{ ResponseCode int }
		err = json.NewDecoder(answer.Content).Decode(&said)
		return errors.Join(err, works(said.ResponseCode == 200, "the function answered otherwise"))
	})
	operation("DeleteFunction", func() error {
		_, err := management.DeleteFunction(ctx, functions.DeleteFunctionRequest{FunctionId: &ids.FunctionId})
		return err
	})
	operation("GetApplication", func() error {
		answer, err := management.GetApplication(ctx, functions.GetApplicationRequest{ApplicationId: &ids.ApplicationId})
		if err != nil {
			return err
		}
		return works(*answer.Id == ids.ApplicationId, "another")
	})
	operation("ListApplications", func() error {
		answer, err := management.ListApplications(ctx, functions.ListApplicationsRequest{CompartmentId: &ids.CompartmentId})
		return errors.Join(err, works(len(answer.Items) == 1 && *answer.Items[0].Id == ids.ApplicationId, "not listed"))
	})
	operation("UpdateApplication", func() error {
		_, err := management.UpdateApplication(ctx, functions.UpdateApplicationRequest{
			ApplicationId:            &ids.ApplicationId,
			UpdateApplicationDetails: functions.UpdateApplicationDetails{Config: map[string]string{"LIVE": "application"}},
		})
		if err != nil {
			return err
		}
		after, err := management.GetApplication(ctx, functions.GetApplicationRequest{ApplicationId: &ids.ApplicationId})
		return errors.Join(err, works(after.Config["LIVE"] == "application", "not changed"))
	})

	operation("CreateTopic", func() error {
		answer, err := topics.CreateTopic(ctx, ons.CreateTopicRequest{CreateTopicDetails: ons.CreateTopicDetails{
			Name: common.String("live"), CompartmentId: &ids.CompartmentId,
		}})
		topic = answer.TopicId
		return errors.Join(err, works(topic != nil, "no id"))
	})
	operation("GetTopic", func() error {
		answer, err := topics.GetTopic(ctx, ons.GetTopicRequest{TopicId: topic})
		if err != nil {
			return err
		}
		return works(*answer.Name == "live", "another")
	})
	operation("ListTopics", func() error {
		answer, err := topics.ListTopics(ctx, ons.ListTopicsRequest{CompartmentId: &ids.CompartmentId})
		found := false
		for _, item := range answer.Items {
			found = found || (topic != nil && *item.TopicId == *topic)
		}
		return errors.Join(err, works(found, "not listed"))
	})
	operation("PublishMessage", func() error {
		answer, err := messages.PublishMessage(ctx, ons.PublishMessageRequest{
			TopicId: topic, MessageDetails: ons.MessageDetails{Title: common.String("live"), Body: common.String("hello")},
		})
		return errors.Join(err, works(answer.MessageId != nil, "no id"))
	})
	must(json.NewEncoder(os.Stdout).Encode(results))
}
