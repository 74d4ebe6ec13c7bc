package io.netsy.etcd.server;

import io.grpc.Status;
import io.netsy.etcd.server.rpc.LimitWording;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;

/**
 * Words the refusal of a message that is too large as etcd's gRPC library does (etcd semantics, section 2); clients and
 * their users know that text.
 *
 * <p>grpc-java refuses such a message by itself, from the length that precedes it, before buffering it, and offers no
 * way to word the refusal: the status travels down the pipeline inside a command of grpc-netty that is not public. This
 * handler, which stands behind gRPC's, replaces that command. It reaches the command's class by name, once, when it is
 * loaded, and fails loudly there if a new release of grpc-netty has changed it. Shared by all connections.
 */
@ChannelHandler.Sharable
final class OversizedMessageText extends ChannelOutboundHandlerAdapter {
    static final OversizedMessageText HANDLER = new OversizedMessageText();

    private final Class<?> command;
    private final MethodHandle reasonOf;
    private final MethodHandle streamOf;
    private final MethodHandle withReason;

    private OversizedMessageText() {
        try {
            command = Class.forName("io.grpc.netty.CancelServerStreamCommand");
            Lookup lookup = MethodHandles.privateLookupIn(command, MethodHandles.lookup());
            reasonOf = lookup.unreflect(command.getDeclaredMethod("reason"));
            streamOf = lookup.unreflect(command.getDeclaredMethod("stream"));
            Class<?> stream = streamOf.type().returnType();
            withReason = lookup.unreflect(command.getDeclaredMethod("withReason", stream, Status.class));
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException(
                    "this release of grpc-netty cancels streams in another way; adapt " + OversizedMessageText.class,
                    changed);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        var _ = context.write(message.getClass() == command ? reworded(message) : message, promise);
    }

    private Object reworded(Object cancelCommand) {
        try {
            Status status = (Status) reasonOf.invoke(cancelCommand);
            Status reworded = LimitWording.reword(status);
            return reworded.equals(status)
                    ? cancelCommand
                    : withReason.invoke(streamOf.invoke(cancelCommand), reworded);
        } catch (Throwable impossible) {
            throw new IllegalStateException("reading a command of grpc-netty failed", impossible);
        }
    }
}
