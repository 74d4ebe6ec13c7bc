package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.ObjectInfo;
import io.netsy.node.objectstore.ObjectKeys;
import io.netsy.node.objectstore.ObjectStore;
import io.netsy.node.objectstore.ObjectStoreException;
import io.netsy.node.objectstore.ObjectVersion;
import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.S3Limits;
import io.netsy.node.objectstore.S3Settings;
import io.netsy.node.objectstore.StoreEnvironment;
import io.netsy.node.objectstore.StoreListener;
import io.netsy.node.objectstore.StoreRequest.Kind;
import io.netsy.node.objectstore.StoreUri;
import io.netsy.node.objectstore.StoredObject;
import io.netsy.node.objectstore.SwapOutcome;
import io.netsy.node.objectstore.s3.S3Requests.Request;
import io.netsy.node.objectstore.s3.S3Requests.S3Failed;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The object store in a bucket of S3 or of a service that speaks its API.
 *
 * <p>One conditional write is one PUT request, never repeated; a read is at least one GET and is repeated while it may
 * help. The SDK's client, which takes its time to start, is built in the background from the moment the store is opened,
 * and the first call waits for it.
 */
public final class S3ObjectStore implements ObjectStore {

    private static final Logger LOG = LoggerFactory.getLogger(S3ObjectStore.class);

    private final S3Names names;
    private final S3Requests requests;
    private final S3Writes writes;
    private final S3Listing listing;
    private final S3Deletion deletion;
    private final S3Upload upload;

    private S3ObjectStore(S3Names names, S3Requests requests, S3Settings settings) {
        this.names = names;
        this.requests = requests;
        this.writes = new S3Writes(settings.writes());
        this.listing = new S3Listing(names, requests);
        this.deletion = new S3Deletion(names, requests);
        this.upload = new S3Upload(names, requests, writes, settings.limits().parts());
    }

    /**
     * Opens the store; sends nothing yet.
     *
     * @param listener is told of every request, repetitions included
     */
    public static S3ObjectStore open(
            StoreUri.S3Uri uri, S3Settings settings, StoreListener listener, StoreEnvironment environment) {
        S3Names names = new S3Names(uri, settings.access().endpoint());
        CompletableFuture<S3Clients.Bundle> clients = CompletableFuture.supplyAsync(
                () -> S3Clients.build(settings, uri.bucket()),
                task -> Thread.ofVirtual().name("s3-client-start").start(task));
        S3Faults faults = new S3Faults(new WaysOut(uri.bucket(), names.endpointName()));
        S3Requests requests = new S3Requests(clients, faults, listener, environment, settings.limits());
        return new S3ObjectStore(names, requests, settings);
    }

    /** Builds a client and has it sign one request that goes nowhere: most of the time of a first request is class loading. */
    public static void preload() {
        S3Settings nowhere = new S3Settings(
                new S3Settings.Access(
                        URI.create("http://127.0.0.1:9"),
                        "us-east-1",
                        S3Settings.Addressing.PATH,
                        new S3Settings.Credentials.Fixed("none", "none", null)),
                S3Settings.defaults().writes(),
                S3Limits.defaults());
        try (S3Clients.Bundle clients = S3Clients.build(nowhere, "preload")) {
            clients.small().put("none", Map.of(), ByteBuffer.allocate(0));
        } catch (SdkException expected) {
            LOG.debug("S3 client loaded ahead");
        }
    }

    @Override
    public Optional<StoredObject> get(String key) {
        String action = names.action("get", key);
        String keyInBucket = names.inBucket(key);
        try {
            return Optional.of(requests.repeated(new Request<>(
                    Kind.GET, action, 0, clients -> clients.small().get(keyInBucket), object -> object.body().length)));
        } catch (S3Failed failed) {
            if (failed.fault() instanceof S3Fault.Missing) {
                return Optional.empty();
            }
            throw failed.ofRead(action);
        }
    }

    @Override
    public InputStream open(String key) {
        return ResumingStream.open(requests, names, key);
    }

    @Override
    public PutOutcome putIfAbsent(String key, ByteBuffer... body) {
        String action = names.action("put", key);
        try {
            return new PutOutcome.Created(putOnce(action, key, Map.of("If-None-Match", "*"), body));
        } catch (S3Failed failed) {
            if (failed.fault() instanceof S3Fault.ConditionFailed) {
                return new PutOutcome.Exists();
            }
            throw failed.ofWrite(action);
        }
    }

    @Override
    public SwapOutcome putIfMatch(String key, ObjectVersion expected, byte[] body) {
        String action = names.action("swap", key);
        try {
            Map<String, String> condition = Map.of("If-Match", expected.value());
            return new SwapOutcome.Swapped(putOnce(action, key, condition, ByteBuffer.wrap(body)));
        } catch (S3Failed failed) {
            return switch (failed.fault()) {
                case S3Fault.ConditionFailed mismatch -> new SwapOutcome.Mismatch();
                case S3Fault.Missing absent -> new SwapOutcome.Mismatch();
                case S3Fault.Passing passing -> throw failed.ofWrite(action);
                case S3Fault.Refused refused -> throw failed.ofWrite(action);
            };
        }
    }

    @Override
    public PutOutcome uploadIfAbsent(String key, Path file) {
        String action = names.action("upload " + file + " to", key);
        try {
            return upload.run(key, file, Files.size(file), action);
        } catch (IOException | UncheckedIOException e) {
            throw new ObjectStoreException.Refused(
                    action, "the file could not be read: " + e.getMessage(), "see that " + file + " is there", e);
        }
    }

    @Override
    public List<ObjectInfo> list(String prefix, @Nullable String startAfter, int limit) {
        return listing.list(ObjectKeys.checkPrefix(prefix), startAfter, limit);
    }

    @Override
    public void delete(Collection<String> keys) {
        deletion.delete(keys);
    }

    @Override
    public String describe() {
        return names.describe();
    }

    @Override
    public void close() {
        requests.close();
    }

    private ObjectVersion putOnce(String action, String key, Map<String, String> condition, ByteBuffer... body)
            throws S3Failed {
        Map<String, String> headers = writes.headers();
        headers.putAll(condition);
        headers.put("x-amz-checksum-crc32c", Bodies.crc32c(body));
        String keyInBucket = names.inBucket(key);
        String eTag = requests.once(new Request<@Nullable String>(
                Kind.PUT,
                action,
                Bodies.sizeOf(body),
                clients -> clients.small().put(keyInBucket, headers, body),
                answer -> 0));
        return S3Names.version(eTag, action);
    }
}
