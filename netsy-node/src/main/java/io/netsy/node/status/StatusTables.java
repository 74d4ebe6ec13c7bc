package io.netsy.node.status;

import io.netsy.node.status.NodeStatus.Answered;
import io.netsy.node.status.NodeStatus.Figures;
import io.netsy.node.status.NodeStatus.Listed;
import io.netsy.node.status.NodeStatus.Replication;
import io.netsy.node.status.NodeStatus.Standby;
import io.netsy.node.status.NodeStatus.Unreachable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The status as tables: one of the nodes as etcd tells, one of netsy's own figures, then a line for what is wrong. */
final class StatusTables {
    private static final List<String> NODES = List.of(
            "ENDPOINT",
            "NAME",
            "MEMBER",
            "VERSION",
            "ROLE",
            "TERM",
            "REVISION",
            "COMPACTED",
            "INDEX",
            "DB",
            "IN USE",
            "QUOTA",
            "ALARMS");
    private static final List<String> FIGURES =
            List.of("ENDPOINT", "BATCHES", "ENTRIES", "STORE REQUESTS", "PRICE", "BACKLOG", "ELECTOR");
    private static final List<String> MEMBERS =
            List.of("MEMBER", "NAME", "VOTES", "PEER URLS", "CLIENT URLS", "AS TOLD BY");
    private static final List<String> STANDBYS = List.of(
            "STANDBY",
            "STATE",
            "SYNC",
            "PRIORITY",
            "SENT",
            "RECEIVED",
            "FLUSHED",
            "APPLIED",
            "LAG",
            "LAG BYTES",
            "LAG TIME",
            "REPLY");
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private StatusTables() {}

    static String render(List<NodeStatus> nodes) {
        List<List<String>> rows = new ArrayList<>(List.of(NODES));
        List<List<String>> figures = new ArrayList<>(List.of(FIGURES));
        StringBuilder replication = new StringBuilder();
        List<String> notes = new ArrayList<>();
        for (NodeStatus node : nodes) {
            switch (node) {
                case Answered answered -> {
                    rows.add(row(answered));
                    if (answered.figures() != null && answered.figures().isNetsy()) {
                        figures.add(row(answered.endpoint(), answered.figures()));
                        if (answered.figures().replication() != null) {
                            replication.append(replication(answered.figures().replication()));
                        }
                    }
                    answered.notes().forEach(note -> notes.add(answered.endpoint() + ": " + note));
                }
                case Unreachable unreachable -> {
                    rows.add(List.of(unreachable.endpoint(), "unreachable"));
                    notes.add(unreachable.endpoint() + ": " + unreachable.reason() + "; " + unreachable.wayOut());
                }
            }
        }
        return columns(rows)
                + (figures.size() > 1 ? "\n" + columns(figures) : "")
                + replication
                + members(nodes)
                + (notes.isEmpty() ? "" : "\n" + String.join("\n", notes) + "\n");
    }

    private static List<String> row(Answered node) {
        Figures figures = node.figures();
        return List.of(
                node.endpoint(),
                node.member().name(),
                node.member().id(),
                node.member().version(),
                node.member().role().toString(),
                Long.toString(node.progress().term()),
                Long.toString(node.progress().revision()),
                compacted(figures),
                Long.toString(node.progress().index()),
                size(node.size().total()),
                size(node.size().inUse()),
                node.size().quota() > 0 ? size(node.size().quota()) : "none",
                node.alarms().isEmpty() ? "none" : String.join(",", node.alarms()));
    }

    private static List<String> row(String endpoint, Figures figures) {
        String requests = figures.requests().entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
        Long backlog = figures.replicaBacklogBytes();
        return List.of(
                endpoint,
                number(figures.commitBatches()),
                number(figures.committedEntries()),
                requests.isEmpty() ? "-" : requests,
                figures.requestPriceUsd() == null ? "-" : "$%.4f".formatted(figures.requestPriceUsd()),
                backlog == null ? "-" : size(backlog),
                figures.elector() == null ? "-" : figures.elector());
    }

    private static String replication(Replication replication) {
        List<List<String>> rows = new ArrayList<>(List.of(STANDBYS));
        for (Standby standby : replication.standbys()) {
            rows.add(List.of(
                    standby.name(),
                    standby.state(),
                    standby.sync(),
                    Long.toString(standby.priority()),
                    Long.toString(standby.sent()),
                    Long.toString(standby.received()),
                    Long.toString(standby.flushed()),
                    Long.toString(standby.applied()),
                    Long.toString(standby.lagEntries()),
                    size(standby.lagBytes()),
                    standby.lagMillis() + " ms",
                    standby.replyAgeMillis() + " ms ago"));
        }
        String waits = size(replication.unarchivedBytes());
        return "\ncommits wait for: %s; not yet on its way to the bucket: %s%n%s"
                .formatted(replication.rule(), waits, rows.size() > 1 ? columns(rows) : "no standby is connected\n");
    }

    /** The members of a cluster of several, once for all endpoints that tell the same. */
    private static String members(List<NodeStatus> nodes) {
        Map<List<Listed>, String> told = new LinkedHashMap<>();
        for (NodeStatus node : nodes) {
            if (node instanceof Answered answered && answered.members().size() > 1) {
                told.merge(answered.members(), answered.endpoint(), (first, more) -> first + ", " + more);
            }
        }
        List<List<String>> rows = new ArrayList<>(List.of(MEMBERS));
        told.forEach((members, endpoints) -> members.forEach(member -> rows.add(List.of(
                member.id(),
                member.name().isEmpty() ? "not started" : member.name(),
                member.learner() ? "no, learner" : "yes",
                String.join(",", member.peerUrls()),
                member.clientUrls().isEmpty() ? "-" : String.join(",", member.clientUrls()),
                told.size() == 1 ? "all" : endpoints))));
        return rows.size() > 1 ? "\n" + columns(rows) : "";
    }

    private static String compacted(@Nullable Figures figures) {
        Long revision = figures == null ? null : figures.compactRevision();
        return revision != null && revision < 0 ? "never" : number(revision);
    }

    private static String number(@Nullable Long value) {
        return value == null ? "-" : value.toString();
    }

    private static String size(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 || value == Math.rint(value)
                ? "%.0f %s".formatted(value, UNITS[unit])
                : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    private static String columns(List<List<String>> rows) {
        int count = rows.stream().mapToInt(List::size).max().orElse(0);
        int[] widths = new int[count];
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
