package io.netsy.node.objectstore.s3;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** What the SDK's exceptions say, in one short line. */
final class S3ErrorText {

    private static final int MAX_CAUSES = 20;

    private S3ErrorText() {}

    /** The error code of the answer's body; null when the body was none of S3's. */
    static @Nullable String code(AwsServiceException answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        return details == null ? null : details.errorCode();
    }

    /** Like {@code 403 AccessDenied, "Access Denied", request 4442587FB7D0A2F9}. */
    static String describe(AwsServiceException answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        StringBuilder text = new StringBuilder(Integer.toString(answer.statusCode()));
        if (details == null || details.errorCode() == null) {
            return text.append(" without an error of S3").toString();
        }
        text.append(' ').append(details.errorCode());
        if (details.errorMessage() != null && !details.errorMessage().isBlank()) {
            text.append(", \"").append(oneLine(details.errorMessage())).append('"');
        }
        if (answer.requestId() != null) {
            text.append(", request ").append(answer.requestId());
        }
        return text.toString();
    }

    static boolean has(Throwable fault, Class<? extends Throwable> kind) {
        Throwable cause = fault;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            if (kind.isInstance(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    static String rootMessage(Throwable fault) {
        Throwable root = fault;
        for (int i = 0; root.getCause() != null && i < MAX_CAUSES; i++) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : oneLine(message);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }
}
