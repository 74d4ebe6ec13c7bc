package io.netsy.node.wiring;

import io.netsy.node.config.NodeConfig;
import io.netsy.node.objectstore.S3Limits;
import io.netsy.node.objectstore.S3Settings;
import io.netsy.node.objectstore.S3Settings.Access;
import io.netsy.node.objectstore.S3Settings.Addressing;
import io.netsy.node.objectstore.S3Settings.Credentials;
import io.netsy.node.objectstore.S3Settings.Encryption;
import io.netsy.node.objectstore.S3Settings.Writes;
import io.netsy.node.objectstore.StoreSettings;

/** The store's settings as the configuration says them. */
final class StoreSettingsOf {
    private StoreSettingsOf() {}

    static StoreSettings config(NodeConfig config) {
        NodeConfig.S3 s3 = config.s3();
        S3Limits defaults = S3Limits.defaults();
        return new StoreSettings(
                config.store(),
                new S3Settings(
                        new Access(
                                s3.endpoint(),
                                s3.region(),
                                s3.pathStyle() ? Addressing.PATH : Addressing.AUTOMATIC,
                                credentials(s3)),
                        new Writes(s3.storageClass(), encryption(s3)),
                        new S3Limits(
                                s3.connectTimeout(),
                                s3.requestTimeout(),
                                defaults.callTimeout(),
                                defaults.connections(),
                                defaults.parts())));
    }

    private static Credentials credentials(NodeConfig.S3 s3) {
        Credentials base = s3.accessKeyId() != null && s3.secretAccessKey() != null
                ? new Credentials.Fixed(s3.accessKeyId(), s3.secretAccessKey(), null)
                : new Credentials.DefaultChain();
        return s3.assumeRoleArn() == null
                ? base
                : new Credentials.AssumedRole(base, s3.assumeRoleArn(), s3.externalId(), "netsy");
    }

    private static Encryption encryption(NodeConfig.S3 s3) {
        return switch (s3.sse()) {
            case DEFAULT -> new Encryption.BucketDefault();
            case S3 -> new Encryption.ManagedByS3();
            case KMS -> new Encryption.ManagedByKms(s3.kmsKeyId());
        };
    }
}
