package io.netsy.bench.cli;

import io.netsy.bench.clock.NanoClock;
import io.netsy.bench.load.Extent;
import io.netsy.bench.load.LoadPlan;
import io.netsy.bench.load.LoadReport;
import io.netsy.bench.load.LoadResult;
import io.netsy.bench.load.LoadRun;
import io.netsy.bench.load.Pace;
import io.netsy.bench.load.Probe;
import io.netsy.bench.load.Session;
import io.netsy.bench.workload.CreateWorkload;
import io.netsy.bench.workload.GetWorkload;
import io.netsy.bench.workload.LeaseWorkloads;
import io.netsy.bench.workload.ListWorkload;
import io.netsy.bench.workload.Mix;
import io.netsy.bench.workload.MixedWorkload;
import io.netsy.bench.workload.PutWorkload;
import io.netsy.bench.workload.UpdateWorkload;
import io.netsy.bench.workload.WatchRun;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The load commands: each chooses a workload and has the options that only it needs. */
final class LoadCommands {
    private LoadCommands() {}

    @Command(name = "put", description = "Plain Put of random keys.", mixinStandardHelpOptions = true)
    static final class PutCommand extends LoadCommand {
        @Override
        List<LoadReport> measure(Session session) throws IOException, InterruptedException {
            return List.of(run(session, new PutWorkload(options.shape(), options.clients)));
        }
    }

    @Command(
            name = "create",
            description = "Txn(mod == 0 -> Put, else Range) of new keys, as kube-apiserver creates objects.",
            mixinStandardHelpOptions = true)
    static final class CreateCommand extends LoadCommand {
        @Override
        List<LoadReport> measure(Session session) throws IOException, InterruptedException {
            return List.of(run(session, new CreateWorkload(options.shape(), newRunId())));
        }
    }

    @Command(
            name = "update",
            description = "Txn(mod == known -> Put, else Range), as kube-apiserver updates objects.",
            mixinStandardHelpOptions = true)
    static final class UpdateCommand extends LoadCommand {
        @Override
        List<LoadReport> measure(Session session) throws IOException, InterruptedException {
            return List.of(run(session, new UpdateWorkload(options.shape(), options.clients)));
        }
    }

    @Command(name = "get", description = "Range of one key.", mixinStandardHelpOptions = true)
    static final class GetCommand extends LoadCommand {
        @Option(names = "--serializable", description = "Let the server answer from what it has.")
        boolean serializable;

        @Override
        List<LoadReport> measure(Session session) throws IOException, InterruptedException {
            return List.of(run(session, new GetWorkload(options.shape(), serializable)));
        }
    }

    @Command(name = "list", description = "Range of a prefix with a limit.", mixinStandardHelpOptions = true)
    static final class ListCommand extends LoadCommand {
        @Option(
                names = "--limit",
                paramLabel = "N",
                defaultValue = "500",
                description = "Keys in a page (default: ${DEFAULT-VALUE}).")
        int limit;

        @Option(names = "--paged", description = "Go on page by page, at the revision of the first one.")
        boolean paged;

        @Override
        void check() {
            new ListWorkload(options.shape(), limit, paged);
        }

        @Override
        List<LoadReport> measure(Session session) throws IOException, InterruptedException {
            return List.of(run(session, new ListWorkload(options.shape(), limit, paged)));
        }
    }

    @Command(
            name = "mixed",
            description = "What a control plane asks: lease updates, creates, deletes, gets, lists.",
            mixinStandardHelpOptions = true)
    static final class MixedCommand extends LoadCommand {
        @Option(
                names = "--mix",
                paramLabel = "LIST",
                defaultValue = Mix.DEFAULT,
                description = "Weights of the kinds of request (default: ${DEFAULT-VALUE}).")
        String mix = "";

        @Override
        void check() {
            Mix.parse(mix);
        }

        @Override
        List<LoadReport> measure(Session session) throws IOException, InterruptedException {
            return List.of(
                    run(session, new MixedWorkload(options.shape(), options.clients, newRunId(), Mix.parse(mix))));
        }
    }

    @Command(
            name = "lease",
            description = "Grants leases, keeps them alive, revokes them: three measurements.",
            mixinStandardHelpOptions = true)
    static final class LeaseCommand extends LoadCommand {
        @Option(
                names = "--leases",
                paramLabel = "N",
                defaultValue = "10000",
                description = "Leases to grant and to revoke (default: ${DEFAULT-VALUE}).")
        int leases;

        @Option(
                names = "--ttl",
                paramLabel = "SECONDS",
                defaultValue = "600",
                description = "Their time to live (default: ${DEFAULT-VALUE}).")
        long ttlSeconds;

        @Override
        void check() {
            if (leases < options.clients || ttlSeconds < 1) {
                throw new IllegalArgumentException("--leases must be at least --clients, and --ttl at least 1");
            }
        }

        @Override
        List<LoadReport> measure(Session session) throws IOException, InterruptedException {
            LeaseWorkloads workloads = new LeaseWorkloads(ttlSeconds);
            LoadRun run = new LoadRun(session, options.probe());
            Extent each = new Extent.Operations(leases);
            Pace unlimited = Pace.unlimited(options.clients);
            LoadReport granted =
                    run.run("lease grant", workloads.grants(), new LoadPlan(unlimited, Extent.NONE, each, false));
            if (workloads.count() < options.clients) {
                return List.of(granted);
            }
            LoadReport kept = run.run("lease keepalive", workloads.keepalives(), options.plan());
            Extent all = new Extent.Operations(workloads.count());
            LoadReport revoked =
                    run.run("lease revoke", workloads.revokes(), new LoadPlan(unlimited, Extent.NONE, all, false));
            return List.of(granted, kept, revoked);
        }
    }

    @Command(
            name = "watch",
            description = "Watchers and puts: latency of events, each event exactly once and in order.",
            mixinStandardHelpOptions = true)
    static final class WatchCommand extends LoadCommand {
        @Option(
                names = "--watchers",
                paramLabel = "N",
                defaultValue = "100",
                description = "How many (default: ${DEFAULT-VALUE}).")
        int watchers;

        @Option(
                names = "--streams",
                paramLabel = "N",
                description = "gRPC streams that they share (default: one per connection).")
        @Nullable
        Integer streams;

        @Option(names = "--separate-keys", description = "Each watches one key; else all watch the prefix.")
        boolean separateKeys;

        @Option(
                names = "--drain",
                paramLabel = "TIME",
                defaultValue = "10s",
                description = "How long to wait for late events (default: ${DEFAULT-VALUE}).")
        String drain = "";

        private WatchRun.Plan watchPlan() {
            int number = streams != null ? streams : options.target().connections();
            return new WatchRun.Plan(watchers, number, separateKeys, Extent.parseTime(drain));
        }

        @Override
        void check() {
            watchPlan();
            if (options.keys < options.clients) {
                throw new IllegalArgumentException("--keys must be at least --clients");
            }
        }

        @Override
        List<LoadReport> measure(Session session) throws IOException, InterruptedException {
            WatchRun watch = new WatchRun(session, NanoClock.SYSTEM, watchPlan(), options.shape(), newRunId());
            Probe probe = options.probe();
            probe.begin();
            LoadResult result = watch.run(options.pace(), options.measured());
            return List.of(new LoadReport("watch", options.target(), options.pace(), result, probe.end()));
        }
    }
}
