package io.netsy.node.objectstore.s3;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Tells what a failed request means, after the error codes of the Amazon S3 API reference, "Error responses".
 *
 * <p>When in doubt a fault is passing: calling an effect unknown costs a read, calling it refused could cost a write.
 */
final class S3Faults {

    private static final Set<String> PASSING_CODES = Set.of(
            "SlowDown",
            "ServiceUnavailable",
            "InternalError",
            "RequestTimeout",
            "OperationAborted",
            "ConditionalRequestConflict",
            "IncompleteBody",
            "BadDigest",
            "TooManyRequests",
            "Throttling",
            "ThrottlingException",
            "RequestLimitExceeded",
            "XMinioServerNotInitialized");

    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final WaysOut waysOut;

    S3Faults(WaysOut waysOut) {
        this.waysOut = waysOut;
    }

    S3Fault classify(Throwable fault) {
        if (fault instanceof AwsServiceException answer && answer.statusCode() > 0) {
            return classifyAnswer(answer);
        }
        return classifyNoAnswer(fault);
    }

    private S3Fault classifyAnswer(AwsServiceException answer) {
        String code = S3ErrorText.code(answer);
        String reason = S3ErrorText.describe(answer);
        int status = answer.statusCode();
        if (status == PRECONDITION_FAILED || "PreconditionFailed".equals(code)) {
            return new S3Fault.ConditionFailed(reason);
        }
        if ("NoSuchKey".equals(code)) {
            return new S3Fault.Missing(reason);
        }
        if (isPassing(status, code)) {
            boolean slowDown = status == SERVICE_UNAVAILABLE || status == TOO_MANY_REQUESTS || "SlowDown".equals(code);
            return new S3Fault.Passing(reason, WaysOut.TRY_LATER, slowDown);
        }
        return new S3Fault.Refused(reason, waysOut.forAnswer(answer));
    }

    private static boolean isPassing(int status, @Nullable String code) {
        if (status == NOT_IMPLEMENTED) {
            return false;
        }
        return status >= 500
                || status == CONFLICT
                || status == TOO_MANY_REQUESTS
                || status < 300
                || (code != null && PASSING_CODES.contains(code));
    }

    private S3Fault classifyNoAnswer(Throwable fault) {
        if (Thread.currentThread().isInterrupted() || S3ErrorText.has(fault, InterruptedException.class)) {
            return new S3Fault.Passing("the calling thread was interrupted", WaysOut.TRY_LATER, false);
        }
        if (fault instanceof ApiCallTimeoutException
                || fault instanceof ApiCallAttemptTimeoutException
                || S3ErrorText.has(fault, SocketTimeoutException.class)) {
            return new S3Fault.Passing("no answer in time from " + waysOut.endpoint(), WaysOut.TRY_LATER, false);
        }
        if (S3ErrorText.has(fault, CertificateException.class)) {
            return new S3Fault.Refused(
                    "the certificate of the endpoint is not trusted: " + S3ErrorText.rootMessage(fault),
                    waysOut.forUntrustedCertificate());
        }
        if (S3ErrorText.rootMessage(fault).contains("Unsupported or unrecognized SSL message")) {
            return new S3Fault.Refused(waysOut.endpoint() + " does not speak TLS", waysOut.forNoTls());
        }
        if (S3ErrorText.has(fault, UnknownHostException.class) || S3ErrorText.has(fault, ConnectException.class)) {
            return new S3Fault.Passing(
                    "not reached: " + S3ErrorText.rootMessage(fault), waysOut.forUnreachable(), false);
        }
        if (S3ErrorText.has(fault, IOException.class)) {
            return new S3Fault.Passing(S3ErrorText.rootMessage(fault), WaysOut.TRY_LATER, false);
        }
        return classifyClientSide(fault);
    }

    /** Faults found before anything was sent are told by their words, the SDK has no types for them. */
    private S3Fault classifyClientSide(Throwable fault) {
        String message = S3ErrorText.rootMessage(fault);
        if (fault instanceof SdkException && message.contains("Unable to load credentials")) {
            return new S3Fault.Refused("no AWS credentials were found", waysOut.forNoCredentials());
        }
        if (message.contains("Unable to load region")) {
            return new S3Fault.Refused("no region is set", waysOut.forNoRegion());
        }
        return new S3Fault.Passing(message, WaysOut.TRY_LATER, false);
    }
}
