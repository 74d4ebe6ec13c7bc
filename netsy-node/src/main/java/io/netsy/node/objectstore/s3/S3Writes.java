package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.S3Settings.Encryption;
import io.netsy.node.objectstore.S3Settings.Writes;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Puts storage class and encryption into the requests that make objects. */
record S3Writes(Writes settings) {

    private static final String ENCRYPTION = "x-amz-server-side-encryption";

    /** The headers of a PUT. */
    Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        if (settings.storageClass() != null) {
            headers.put("x-amz-storage-class", settings.storageClass());
        }
        switch (settings.encryption()) {
            case Encryption.BucketDefault none -> {}
            case Encryption.ManagedByS3 s3 -> headers.put(ENCRYPTION, ServerSideEncryption.AES256.toString());
            case Encryption.ManagedByKms kms -> {
                headers.put(ENCRYPTION, ServerSideEncryption.AWS_KMS.toString());
                if (kms.keyId() != null) {
                    headers.put("x-amz-server-side-encryption-aws-kms-key-id", kms.keyId());
                }
            }
        }
        return headers;
    }

    PutObjectRequest.Builder applyTo(PutObjectRequest.Builder request) {
        if (settings.storageClass() != null) {
            request.storageClass(settings.storageClass());
        }
        return switch (settings.encryption()) {
            case Encryption.BucketDefault none -> request;
            case Encryption.ManagedByS3 s3 -> request.serverSideEncryption(ServerSideEncryption.AES256);
            case Encryption.ManagedByKms kms ->
                request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(kms.keyId());
        };
    }

    CreateMultipartUploadRequest.Builder applyTo(CreateMultipartUploadRequest.Builder request) {
        if (settings.storageClass() != null) {
            request.storageClass(settings.storageClass());
        }
        return switch (settings.encryption()) {
            case Encryption.BucketDefault none -> request;
            case Encryption.ManagedByS3 s3 -> request.serverSideEncryption(ServerSideEncryption.AES256);
            case Encryption.ManagedByKms kms ->
                request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(kms.keyId());
        };
    }
}
