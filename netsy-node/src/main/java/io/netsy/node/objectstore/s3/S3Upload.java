package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.PutOutcome;
import io.netsy.node.objectstore.S3Limits;
import io.netsy.node.objectstore.StoreRequest.Kind;
import io.netsy.node.objectstore.s3.S3Requests.Request;
import io.netsy.node.objectstore.s3.S3Requests.S3Failed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.AbortMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedMultipartUpload;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

/**
 * Creates an object from a file: by one PUT when it is small, else in parts.
 *
 * <ol>
 *   <li>Ask whether the key is taken already (HEAD), so that nothing large is sent in vain.
 *   <li>Begin an upload; send the parts, several at once, each read from the file as it is sent and repeated while its
 *       faults may pass: nobody sees parts, so sending one twice does no harm.
 *   <li>Complete the upload if the key is still free, once: this is the conditional write.
 * </ol>
 *
 * <p>Whatever fails before the third step aborts the upload, and so does "taken" there. When the outcome of the third
 * step is unknown nothing is aborted: it may be under way. What a killed process leaves costs storage until a lifecycle
 * rule of the bucket (AbortIncompleteMultipartUpload) removes it.
 */
record S3Upload(S3Names names, S3Requests requests, S3Writes writes, S3Limits.Parts limits) {

    private static final Logger log = LoggerFactory.getLogger(S3Upload.class);

    /** S3's limit of parts of one upload. */
    private static final int MAX_PARTS = 10_000;

    PutOutcome run(String key, Path file, long sizeBytes, String action) {
        try {
            if (isTaken(key, action)) {
                return new PutOutcome.Exists();
            }
            return sizeBytes < limits.thresholdBytes()
                    ? putWhole(key, file, sizeBytes, action)
                    : putInParts(key, file, sizeBytes, action);
        } catch (S3Failed failed) {
            if (failed.fault() instanceof S3Fault.ConditionFailed) {
                return new PutOutcome.Exists();
            }
            throw failed.ofWrite(action);
        }
    }

    /** Says no when it can't tell: the write that follows decides, and names what is wrong. */
    private boolean isTaken(String key, String action) {
        HeadObjectRequest request = HeadObjectRequest.builder()
                .bucket(names.bucket())
                .key(names.inBucket(key))
                .build();
        try {
            requests.once(
                    new Request<>(Kind.HEAD, action, 0, clients -> clients.s3().headObject(request), answer -> 0));
            return true;
        } catch (S3Failed failed) {
            return false;
        }
    }

    private PutOutcome putWhole(String key, Path file, long sizeBytes, String action) throws S3Failed {
        PutObjectRequest request = writes.applyTo(
                        PutObjectRequest.builder().bucket(names.bucket()).key(names.inBucket(key)))
                .ifNoneMatch("*")
                .overrideConfiguration(o -> o.apiCallAttemptTimeout(limits.timeout()))
                .build();
        try (FilePart whole = new FilePart(file, 0, sizeBytes)) {
            String eTag = requests.once(new Request<>(
                            Kind.PUT,
                            action,
                            sizeBytes,
                            clients -> clients.s3().putObject(request, whole.body()),
                            answer -> 0))
                    .eTag();
            return new PutOutcome.Created(S3Names.version(eTag, action));
        }
    }

    private PutOutcome putInParts(String key, Path file, long sizeBytes, String action) throws S3Failed {
        CreateMultipartUploadRequest request = writes.applyTo(CreateMultipartUploadRequest.builder()
                        .bucket(names.bucket())
                        .key(names.inBucket(key)))
                .contentType(Bodies.CONTENT_TYPE)
                .build();
        String uploadId = requests.repeated(new Request<>(
                        Kind.PUT, action, 0, clients -> clients.s3().createMultipartUpload(request), answer -> 0))
                .uploadId();
        boolean abort = true;
        try {
            List<CompletedPart> parts = sendParts(key, file, sizeBytes, uploadId, action);
            abort = false;
            return complete(key, uploadId, parts, action);
        } catch (S3Failed failed) {
            abort = abort || !(failed.fault() instanceof S3Fault.Passing);
            throw failed;
        } finally {
            if (abort) {
                abort(key, uploadId, action);
            }
        }
    }

    private List<CompletedPart> sendParts(String key, Path file, long sizeBytes, String uploadId, String action)
            throws S3Failed {
        long partBytes = Math.max(limits.sizeBytes(), Math.ceilDiv(sizeBytes, MAX_PARTS));
        List<Callable<CompletedPart>> sends = new ArrayList<>();
        for (long offset = 0; offset < sizeBytes; offset += partBytes) {
            FilePart part = new FilePart(file, offset, Math.min(partBytes, sizeBytes - offset));
            UploadPartRequest request = UploadPartRequest.builder()
                    .bucket(names.bucket())
                    .key(names.inBucket(key))
                    .uploadId(uploadId)
                    .partNumber(sends.size() + 1)
                    .overrideConfiguration(o -> o.apiCallAttemptTimeout(limits.timeout()))
                    .build();
            sends.add(() -> sendPart(part, request, action));
        }
        return runConcurrently(sends);
    }

    private CompletedPart sendPart(FilePart part, UploadPartRequest request, String action) throws S3Failed {
        try (part) {
            String eTag = requests.repeated(new Request<>(
                            Kind.PUT,
                            action,
                            part.sizeBytes(),
                            clients -> clients.s3().uploadPart(request, part.body()),
                            answer -> 0))
                    .eTag();
            return CompletedPart.builder()
                    .partNumber(request.partNumber())
                    .eTag(eTag)
                    .build();
        }
    }

    /** All results in order; the first failure ends the rest. */
    private List<CompletedPart> runConcurrently(List<Callable<CompletedPart>> sends) throws S3Failed {
        ExecutorService executor = Executors.newFixedThreadPool(
                limits.concurrency(), Thread.ofVirtual().name("s3-part-", 0).factory());
        try (executor) {
            List<Future<CompletedPart>> futures = new ArrayList<>();
            sends.forEach(send -> futures.add(executor.submit(send)));
            try {
                List<CompletedPart> parts = new ArrayList<>();
                for (Future<CompletedPart> future : futures) {
                    parts.add(future.get());
                }
                return parts;
            } finally {
                executor.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new S3Failed(new S3Fault.Passing("the calling thread was interrupted", WaysOut.TRY_LATER, false), e);
        } catch (ExecutionException e) {
            throw unwrapped(e);
        }
    }

    private static S3Failed unwrapped(ExecutionException e) {
        return switch (e.getCause()) {
            case S3Failed failed -> failed;
            case RuntimeException fault -> throw fault;
            case null, default -> throw new IllegalStateException("a part failed for no known reason", e);
        };
    }

    private PutOutcome complete(String key, String uploadId, List<CompletedPart> parts, String action) throws S3Failed {
        CompleteMultipartUploadRequest request = CompleteMultipartUploadRequest.builder()
                .bucket(names.bucket())
                .key(names.inBucket(key))
                .uploadId(uploadId)
                .ifNoneMatch("*")
                .multipartUpload(CompletedMultipartUpload.builder().parts(parts).build())
                .overrideConfiguration(o -> o.apiCallAttemptTimeout(limits.timeout()))
                .build();
        String eTag = requests.once(new Request<>(
                        Kind.PUT, action, 0, clients -> clients.s3().completeMultipartUpload(request), answer -> 0))
                .eTag();
        return new PutOutcome.Created(S3Names.version(eTag, action));
    }

    private void abort(String key, String uploadId, String action) {
        AbortMultipartUploadRequest request = AbortMultipartUploadRequest.builder()
                .bucket(names.bucket())
                .key(names.inBucket(key))
                .uploadId(uploadId)
                .build();
        try {
            requests.repeated(new Request<>(
                    Kind.DELETE, action, 0, clients -> clients.s3().abortMultipartUpload(request), answer -> 0));
        } catch (S3Failed failed) {
            log.warn(
                    "event=upload-not-aborted action=\"{}\" uploadId={} reason=\"{}\""
                            + " wayOut=\"a lifecycle rule AbortIncompleteMultipartUpload removes its parts\"",
                    action,
                    uploadId,
                    failed.fault().reason());
        }
    }
}
