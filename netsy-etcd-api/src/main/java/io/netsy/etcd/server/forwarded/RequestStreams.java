package io.netsy.etcd.server.forwarded;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.netsy.etcd.proto.forward.ForwardGrpc;
import io.netsy.etcd.proto.forward.ForwardedAnswers;
import io.netsy.etcd.proto.forward.ForwardedRequests;
import io.netsy.etcd.server.rpc.Malformed;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;

/**
 * Serves streams of requests: each is handed to the same handlers as a call of its own, with its own headers and deadline.
 * A call of HTTP/2 costs more than most requests; on a stream many share one message. Safe for any thread.
 */
public final class RequestStreams {
    private final Map<String, ServerMethodDefinition<?, ?>> methods;
    private final ScheduledExecutorService timer;
    private final Set<RequestStream> open = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    /**
     * @param services whose unary methods are served
     * @param timer ends requests whose deadlines pass
     */
    public RequestStreams(Collection<ServerServiceDefinition> services, ScheduledExecutorService timer) {
        this.methods = services.stream()
                .flatMap(service -> service.getMethods().stream())
                .filter(method -> method.getMethodDescriptor().getType() == MethodType.UNARY)
                .collect(Collectors.toUnmodifiableMap(
                        method -> method.getMethodDescriptor().getFullMethodName(), method -> method));
        this.timer = timer;
    }

    /** The service to be offered to other nodes. */
    public ServerServiceDefinition service() {
        MethodDescriptor<ForwardedRequests, ForwardedAnswers> method = ForwardGrpc.getExchangeMethod();
        MethodDescriptor<Object, ForwardedAnswers> outer = method.toBuilder(
                        new Malformed.Reader<>(method.getRequestMarshaller()), method.getResponseMarshaller())
                .build();
        return ServerServiceDefinition.builder(ForwardGrpc.SERVICE_NAME)
                .addMethod(outer, this::start)
                .build();
    }

    private ServerCall.Listener<Object> start(ServerCall<Object, ForwardedAnswers> call, Metadata headers) {
        RequestStream stream = new RequestStream(call, this);
        open.add(stream);
        stream.begin();
        if (stopped) {
            stream.stop();
        }
        return stream;
    }

    /** Carries out nothing more; each stream ends when what it carries is answered. */
    public void stop() {
        stopped = true;
        open.forEach(RequestStream::stop);
    }

    ServerMethodDefinition<?, ?> method(String fullName) {
        ServerMethodDefinition<?, ?> method = methods.get(fullName);
        if (method == null) {
            throw new IllegalArgumentException("no unary method " + fullName);
        }
        return method;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    void ended(RequestStream stream) {
        open.remove(stream);
    }
}
