package io.netsy.etcd.watch;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.netsy.etcd.proto.rpc.WatchGrpc;
import io.netsy.etcd.proto.rpc.WatchRequest;

/**
 * The gRPC service {@code etcdserverpb.Watch}.
 *
 * <p>It speaks to gRPC's calls directly, not through the generated stub, because a stream here has several writers and
 * one queue, and because responses are encoded already: bytes that many watchers share are written, not messages.
 * Interceptors see {@link WatchFrame}s where they would see WatchResponses.
 */
public final class WatchService implements BindableService {
    private final WatchHub hub;

    public WatchService(WatchHub hub) {
        this.hub = hub;
    }

    @Override
    public ServerServiceDefinition bindService() {
        MethodDescriptor<WatchRequest, ?> generated = WatchGrpc.getWatchMethod();
        MethodDescriptor<WatchRequest, WatchFrame> method = generated.toBuilder(
                        generated.getRequestMarshaller(), WatchFrame.MARSHALLER)
                .build();
        return ServerServiceDefinition.builder(WatchGrpc.SERVICE_NAME)
                .addMethod(method, hub::open)
                .build();
    }
}
