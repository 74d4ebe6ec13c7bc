package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.StoreRequest.Kind;
import io.netsy.node.objectstore.s3.S3Requests.Request;
import io.netsy.node.objectstore.s3.S3Requests.S3Failed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Lists keys page by page; one request per 1,000. */
record S3Listing(S3Names names, S3Requests requests) {

    private static final int MAX_PAGE = 1_000;

    List<ObjectInfo> list(String prefix, @Nullable String startAfter, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("a list of at most " + limit + " objects makes no sense");
        }
        String action = names.action("list", prefix);
        List<ObjectInfo> objects = new ArrayList<>();
        @Nullable String continuation = null;
        do {
            ListObjectsV2Response page =
                    page(action, request(prefix, startAfter, limit - objects.size(), continuation));
            for (S3Object object : page.contents()) {
                add(objects, object, action);
            }
            continuation = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
        } while (continuation != null && objects.size() < limit);
        return objects;
    }

    private ListObjectsV2Request request(
            String prefix, @Nullable String startAfter, int wanted, @Nullable String continuation) {
        return ListObjectsV2Request.builder()
                .bucket(names.bucket())
                .prefix(names.prefixInBucket(prefix))
                .startAfter(startAfter == null ? null : names.prefixInBucket(startAfter))
                .continuationToken(continuation)
                .maxKeys(Math.min(wanted, MAX_PAGE))
                .build();
    }

    private ListObjectsV2Response page(String action, ListObjectsV2Request request) {
        try {
            return requests.repeated(
                    new Request<>(Kind.LIST, action, 0, clients -> clients.s3().listObjectsV2(request), answer -> 0));
        } catch (S3Failed failed) {
            throw failed.ofRead(action);
        }
    }

    private void add(List<ObjectInfo> objects, S3Object object, String action) {
        String key = names.fromBucket(object.key());
        if (key.isEmpty()) {
            return;
        }
        if (!objects.isEmpty() && objects.getLast().key().compareTo(key) >= 0) {
            throw new ObjectStoreException.Refused(
                    action,
                    "key \"" + key + "\" is listed after \"" + objects.getLast().key() + "\", out of order",
                    "use a store that lists keys in order, as S3's general purpose buckets do",
                    null);
        }
        objects.add(new ObjectInfo(key, object.size(), object.lastModified()));
    }
}
