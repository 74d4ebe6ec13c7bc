package io.netsy.etcd.server.rpc;

import io.grpc.Status;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words for a message that is too large: grpc-java's, turned into those of etcd's gRPC library. */
public final class LimitWording {
    private static final Pattern ON_THE_WIRE = Pattern.compile("gRPC message exceeds maximum size (\\d+): (-?\\d+)");
    private static final Pattern DECOMPRESSED =
            Pattern.compile("Decompressed gRPC message exceeds maximum size (\\d+)");

    private LimitWording() {}

    /** The same status, in etcd's words if it is about a message that is too large. */
    public static Status reword(Status status) {
        String description = status.getDescription();
        if (status.getCode() != Status.Code.RESOURCE_EXHAUSTED || description == null) {
            return status;
        }
        Matcher wire = ON_THE_WIRE.matcher(description);
        if (wire.lookingAt()) {
            long size = Integer.toUnsignedLong(Integer.parseInt(wire.group(2)));
            return Status.RESOURCE_EXHAUSTED.withDescription(
                    "grpc: received message larger than max (%d vs. %s)".formatted(size, wire.group(1)));
        }
        Matcher decompressed = DECOMPRESSED.matcher(description);
        return decompressed.lookingAt()
                ? Status.RESOURCE_EXHAUSTED.withDescription(
                        "grpc: received message after decompression larger than max " + decompressed.group(1))
                : status;
    }
}
