package io.netsy.etcd.server.rpc;

import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.netsy.etcd.load.ConnectionLoad;
import io.netsy.etcd.load.Costs;
import io.netsy.etcd.load.Resource;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Accounts for what a call's messages hold: its headers while it is open, the pieces of a message until it is whole, and
 * the message of a unary call until that is answered, and what was written until it leaves gRPC's own queue for the
 * connection. Messages of streams are short-lived.
 */
public final class MessageLoad extends ServerStreamTracer.Factory {
    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new Tracer(sizeOf(headers));
    }

    private static long sizeOf(Metadata headers) {
        long bytes = 0;
        for (byte @Nullable [] nameOrValue : InternalMetadata.serialize(headers)) {
            bytes += nameOrValue == null ? 0 : nameOrValue.length + Costs.HEADER / 2;
        }
        return bytes;
    }

    private static final class Tracer extends ServerStreamTracer {
        private final long headerBytes;
        private @Nullable ConnectionLoad load;
        private @Nullable Executor thread;
        private boolean unary;
        private long heapBytes;
        private long pieces;
        private long pieceBytes;

        Tracer(long headerBytes) {
            this.headerBytes = headerBytes;
        }

        @Override
        public synchronized void serverCallStarted(ServerCallInfo<?, ?> call) {
            load = ConnectionLoad.of(call.getAttributes());
            thread = call.getAttributes().get(Connection.THREAD);
            unary = call.getMethodDescriptor().getType() == MethodType.UNARY;
            hold(headerBytes);
        }

        @Override
        public synchronized void inboundWireSize(long bytes) {
            if (load != null) {
                pieces++;
                pieceBytes += bytes;
                load.add(Resource.HEAP, Costs.PIECE);
                load.add(Resource.DIRECT, bytes);
            }
        }

        @Override
        public synchronized void inboundMessageRead(int number, long wireBytes, long uncompressedBytes) {
            releasePieces();
        }

        @Override
        public synchronized void inboundUncompressedSize(long bytes) {
            if (unary) {
                hold(bytes);
            }
        }

        @Override
        public void outboundWireSize(long bytes) {
            ConnectionLoad writing;
            Executor emptiesQueue;
            synchronized (this) {
                writing = load;
                emptiesQueue = thread;
            }
            if (writing != null && emptiesQueue != null) {
                writing.addUntilDone(bytes, emptiesQueue);
            }
        }

        @Override
        public synchronized void streamClosed(Status status) {
            releasePieces();
            hold(-heapBytes);
            load = null;
        }

        private void hold(long bytes) {
            if (load != null) {
                heapBytes += bytes;
                load.add(Resource.HEAP, bytes);
            }
        }

        private void releasePieces() {
            if (load != null) {
                load.add(Resource.HEAP, -pieces * Costs.PIECE);
                load.add(Resource.DIRECT, -pieceBytes);
                pieces = 0;
                pieceBytes = 0;
            }
        }
    }
}
