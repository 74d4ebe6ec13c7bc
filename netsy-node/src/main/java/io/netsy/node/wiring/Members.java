package io.netsy.node.wiring;

import io.netsy.etcd.port.ClusterView;
import io.netsy.node.config.ClusterConfig;
import io.netsy.node.config.NodeConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The members of a cluster of several nodes, as configured; their client URLs are what each registered in the store. */
final class Members implements ClusterView {
    private final UUID cluster;
    private final String self;
    private final Map<String, List<String>> peerUrls;
    private final Function<String, List<String>> clientUrls;
    private final Supplier<@Nullable String> primary;

    /**
     * @param clientUrls of a node, by name
     * @param primary the name of the node that leads as far as this one knows; null for none
     */
    Members(
            UUID cluster,
            NodeConfig config,
            ClusterConfig nodes,
            Function<String, List<String>> clientUrls,
            Supplier<@Nullable String> primary) {
        this.cluster = cluster;
        this.self = config.name();
        this.clientUrls = clientUrls;
        this.primary = primary;
        String scheme = nodes.tls() == null ? "http://" : "https://";
        Map<String, List<String>> urls = new java.util.LinkedHashMap<>();
        nodes.nodes().forEach((name, address) -> urls.put(name, List.of(scheme + address)));
        this.peerUrls = urls;
    }

    @Override
    public long clusterId() {
        return SoloClusterView.idOf(cluster, "");
    }

    @Override
    public long memberId() {
        return SoloClusterView.idOf(cluster, self);
    }

    @Override
    public long leaderId() {
        String leader = primary.get();
        return leader == null ? 0 : SoloClusterView.idOf(cluster, leader);
    }

    @Override
    public List<Member> members() {
        List<Member> members = new ArrayList<>();
        peerUrls.forEach((name, urls) -> members.add(
                new Member(SoloClusterView.idOf(cluster, name), name, urls, clientUrls.apply(name), false)));
        members.sort(Comparator.comparing(Member::id, Long::compareUnsigned));
        return members;
    }
}
