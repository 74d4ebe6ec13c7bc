package io.netsy.etcd.access;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.netsy.etcd.error.EtcdException;

/**
 * Takes a call's {@link Credentials} from its metadata and its connection into its context, and keeps everybody but root
 * from methods that no handler guards.
 *
 * <p>A unary call passes untouched while auth is off. A stream, and a call that waits and makes others then, get their
 * credentials all the same: auth may be switched on while they are open.
 */
public final class AccessInterceptor implements ServerInterceptor {
    private final AuthGuard guard;
    private final CallerName callerName;

    /** @param certificatesCount whether clients must have certificates, whose common names are then users */
    public AccessInterceptor(AuthGuard guard, boolean certificatesCount) {
        this(guard, CallerName.ofCertificates(certificatesCount));
    }

    /** @param callerName what names a caller without a token */
    public AccessInterceptor(AuthGuard guard, CallerName callerName) {
        this.guard = guard;
        this.callerName = callerName;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (!guard.isOn() && isJudgedAtOnce(call.getMethodDescriptor())) {
            return next.startCall(call, headers);
        }
        Context context;
        try {
            context = guard.enter(
                    call.getMethodDescriptor().getFullMethodName(),
                    Credentials.of(headers, callerName.of(call, headers)));
        } catch (EtcdException refused) {
            call.close(refused.error().status(), new Metadata());
            return new Refused<>();
        }
        return Contexts.interceptCall(context, call, headers, next);
    }

    private static boolean isJudgedAtOnce(MethodDescriptor<?, ?> method) {
        return method.getType() == MethodType.UNARY
                && MethodAccess.of(method.getFullMethodName()) != MethodAccess.INNER_CALLS;
    }

    /** Ignores what still comes for a call that was refused. */
    private static final class Refused<Q> extends ServerCall.Listener<Q> {}
}
