package io.netsy.etcd.watch;

import io.grpc.Status;
import io.netsy.etcd.error.EtcdError;
import io.netsy.etcd.error.EtcdException;
import io.netsy.etcd.proto.rpc.WatchCreateRequest;
import java.util.Locale;

/**
 * Judges a stream's create requests by themselves, in etcd's order: start revision, permission, range. Safe for any
 * thread.
 */
final class CreateRequests {
    private final WatchAuthorizer.Judge judge;

    CreateRequests(WatchAuthorizer.Judge judge) {
        this.judge = judge;
    }

    WatchCommand judge(WatchCreateRequest request) {
        if (request.getStartRevision() < 0) {
            return new WatchCommand.Refused(EtcdError.COMPACTED.message());
        }
        try {
            judge.authorize(WatchSpec.keyOf(request), WatchSpec.rangeEndOf(request));
        } catch (EtcdException e) {
            return new WatchCommand.Refused(asGoText(e.error().status()));
        }
        WatchSpec spec = WatchSpec.of(request);
        if (spec.range().isEmpty()) {
            return new WatchCommand.Refused("mvcc: watcher range is empty");
        }
        return new WatchCommand.Create(request.getWatchId(), spec);
    }

    /** A status as Go's gRPC prints it, which is what etcd puts into a cancel reason. */
    private static String asGoText(Status status) {
        return "rpc error: code = %s desc = %s".formatted(goName(status.getCode()), status.getDescription());
    }

    private static String goName(Status.Code code) {
        if (code == Status.Code.CANCELLED) {
            return "Canceled";
        }
        StringBuilder name = new StringBuilder();
        for (String word : code.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
