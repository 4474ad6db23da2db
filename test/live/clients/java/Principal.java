import com.oracle.bmc.auth.ResourcePrincipalAuthenticationDetailsProvider;
import com.oracle.bmc.secrets.SecretsClient;
import com.oracle.bmc.secrets.requests.GetSecretBundleRequest;

/** Reads CURRENT of a secret as the resource principal that the environment names, and prints the version's number. Arguments: endpoint, secret. */
public final class Principal {
    public static void main(String[] arguments) throws Exception {
        ResourcePrincipalAuthenticationDetailsProvider principal = ResourcePrincipalAuthenticationDetailsProvider.builder().build();
        try (SecretsClient secrets = SecretsClient.builder().endpoint(arguments[0]).build(principal)) {
            GetSecretBundleRequest request = GetSecretBundleRequest.builder().secretId(arguments[1]).build();
            System.out.println("{\"versionNo\":" + secrets.getSecretBundle(request).getSecretBundle().getVersionNumber() + "}");
        }
    }
}
