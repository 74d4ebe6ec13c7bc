package io.netsy.node.objectstore.s3;

import io.netsy.node.objectstore.S3Settings.Encryption;
import io.netsy.node.objectstore.S3Settings.Writes;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** Puts storage class and encryption into the requests that make objects. */
record S3Writes(Writes settings) {

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
