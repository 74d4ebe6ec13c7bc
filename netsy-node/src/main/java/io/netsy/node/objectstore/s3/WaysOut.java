package io.netsy.node.objectstore.s3;

import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpResponse;

/** What an operator can do about a refusal. */
final class WaysOut {

    static final String TRY_LATER = "it may pass: try again later";

    private final String bucket;
    private final String endpoint;

    /**
     * Ways out for one bucket.
     *
     * @param endpoint for messages; "AWS" when none is set
     */
    WaysOut(String bucket, String endpoint) {
        this.bucket = bucket;
        this.endpoint = endpoint;
    }

    String forAnswer(AwsServiceException answer) {
        String code = S3ErrorText.code(answer);
        if (code == null) {
            return forNoS3(answer);
        }
        return switch (code) {
            case "NoSuchBucket" ->
                "create the bucket \"" + bucket + "\" at " + endpoint + ", or correct its name in the store URI";
            case "AccessDenied", "AllAccessDisabled", "AccountProblem" ->
                "allow the credentials in use s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and"
                        + " s3:ListBucket on bucket \"" + bucket
                        + "\" (without s3:ListBucket an absent object looks forbidden), and kms:GenerateDataKey and"
                        + " kms:Decrypt on its key if it has one";
            case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSecurity", "NotSignedUp" ->
                "check the access key id and the secret key: " + endpoint + " does not know this pair";
            case "ExpiredToken", "InvalidToken", "ExpiredTokenException", "TokenRefreshRequired" ->
                "renew the temporary credentials (session token); role and profile credentials renew themselves";
            case "RequestTimeTooSkewed", "RequestExpired" ->
                "set this machine's clock by NTP: it and the store's differ by more than 15 minutes";
            case "PermanentRedirect",
                    "TemporaryRedirect",
                    "AuthorizationHeaderMalformed",
                    "IllegalLocationConstraint",
                    "Redirect" -> forWrongRegion(answer);
            case "InvalidStorageClass" -> "set a storage class that " + endpoint + " knows";
            case "NotImplemented", "InvalidArgument", "InvalidRequest", "MethodNotAllowed" ->
                endpoint + " does not support what was asked; Netsy needs PutObject with If-None-Match and If-Match,"
                        + " GetObject, ListObjectsV2, DeleteObjects and multipart uploads";
            case "QuotaExceeded", "XMinioStorageFull", "InsufficientCapacity" -> "enlarge or clear the store";
            default -> code.startsWith("KMS") ? forKms() : "see what " + endpoint + " says about " + code;
        };
    }

    String forUntrustedCertificate() {
        return "add the authority that signed the certificate of " + endpoint
                + " to the trust store of Java (-Djavax.net.ssl.trustStore)";
    }

    /** Who is asked, for messages. */
    String endpoint() {
        return endpoint;
    }

    String forNoTls() {
        return "write the endpoint with http:// if that is meant, or give its port for https";
    }

    String forUnreachable() {
        return "check that " + endpoint + " is the right address and reachable from here";
    }

    String forNoCredentials() {
        return "give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role of the machine or service account";
    }

    String forNoRegion() {
        return "set --s3-region or AWS_REGION";
    }

    private String forNoS3(AwsServiceException answer) {
        List<String> region = regionHeader(answer);
        if (!region.isEmpty()) {
            return forWrongRegion(answer);
        }
        return "check the endpoint: " + endpoint + " does not answer as S3 does";
    }

    private String forWrongRegion(AwsServiceException answer) {
        List<String> region = regionHeader(answer);
        return region.isEmpty()
                ? "set --s3-region to the region of bucket \"" + bucket + "\" and the endpoint accordingly"
                : "bucket \"" + bucket + "\" is in " + region.getFirst() + ": set --s3-region " + region.getFirst();
    }

    private static String forKms() {
        return "see that the KMS key exists, is enabled, and may be used by the credentials in use";
    }

    private static List<String> regionHeader(AwsServiceException answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        @Nullable SdkHttpResponse response = details == null ? null : details.sdkHttpResponse();
        return response == null ? List.of() : response.matchingHeaders("x-amz-bucket-region");
    }
}
