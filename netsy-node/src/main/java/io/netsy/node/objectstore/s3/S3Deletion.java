package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.StoreRequest.Kind;
import io.netsy.node.objectstore.s3.S3Requests.Request;
import io.netsy.node.objectstore.s3.S3Requests.S3Failed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsRequest;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

/** Removes objects; one request per 1,000, repeated while it may help, since removing twice does no harm. */
record S3Deletion(S3Names names, S3Requests requests) {

    private static final int MAX_BATCH = 1_000;

    void delete(Collection<String> keys) {
        List<ObjectIdentifier> identifiers = new ArrayList<>();
        for (String key : keys) {
            identifiers.add(ObjectIdentifier.builder().key(names.inBucket(key)).build());
        }
        for (int start = 0; start < identifiers.size(); start += MAX_BATCH) {
            deleteBatch(identifiers.subList(start, Math.min(start + MAX_BATCH, identifiers.size())));
        }
    }

    private void deleteBatch(List<ObjectIdentifier> batch) {
        String action = "delete " + batch.size() + " objects, first s3://" + names.bucket() + "/"
                + batch.getFirst().key();
        DeleteObjectsRequest request = DeleteObjectsRequest.builder()
                .bucket(names.bucket())
                .delete(Delete.builder().objects(batch).quiet(true).build())
                .build();
        List<S3Error> errors;
        try {
            errors = requests.repeated(new Request<>(
                    Kind.DELETE,
                    action,
                    0,
                    clients -> clients.s3().deleteObjects(request).errors(),
                    answer -> 0));
        } catch (S3Failed failed) {
            throw failed.ofWrite(action);
        }
        if (!errors.isEmpty()) {
            throw notDeleted(action, errors);
        }
    }

    private static ObjectStoreException notDeleted(String action, List<S3Error> errors) {
        S3Error first = errors.getFirst();
        String reason = errors.size() + " were not deleted; " + first.key() + ": " + first.code() + ", \""
                + first.message() + "\"";
        return "AccessDenied".equals(first.code())
                ? new ObjectStoreException.Refused(
                        action, reason, "allow the credentials in use s3:DeleteObject on the bucket", null)
                : new ObjectStoreException.OutcomeUnknown(action, reason, null);
    }
}
