package io.netsy.node.wiring;

import io.netsy.etcd.port.ClusterView;
import io.netsy.etcd.state.MemberState;
import io.netsy.node.config.ClusterConfig;
import io.netsy.node.config.HostPort;
import io.netsy.replication.core.PeerMessage.Identity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The members of a cluster of several nodes, as the log says, and as configured while that says nothing; their client URLs are what each registered in the store. */
final class Members implements ClusterView {
    private final UUID cluster;
    private final long clusterId;
    private final long derivedId;
    private final Map<String, List<String>> peerUrls;
    private final MemberBook book;
    private final Function<String, List<String>> clientUrls;
    private final Supplier<@Nullable String> primary;

    /**
     * @param self this node
     * @param clientUrls of a node, by name
     * @param primary the name of the node that leads as far as this one knows; null for none
     */
    Members(
            Identity self,
            ClusterConfig nodes,
            MemberBook book,
            Function<String, List<String>> clientUrls,
            Supplier<@Nullable String> primary) {
        this.cluster = self.clusterId();
        this.clusterId = SoloClusterView.idOf(cluster, "");
        this.derivedId = SoloClusterView.idOf(cluster, self.nodeId());
        this.book = book;
        this.clientUrls = clientUrls;
        this.primary = primary;
        Map<String, List<String>> urls = new LinkedHashMap<>();
        nodes.nodes().forEach((name, address) -> urls.put(name, List.of(peerUrl(nodes, address))));
        this.peerUrls = urls;
    }

    @Override
    public long clusterId() {
        return clusterId;
    }

    @Override
    public long memberId() {
        Long logged = book.ownId();
        return logged == null ? derivedId : logged;
    }

    @Override
    public long leaderId() {
        String leader = primary.get();
        return leader == null ? 0 : idOf(leader);
    }

    private long idOf(String node) {
        return book.members()
                .named(node)
                .map(io.netsy.replication.model.Member::id)
                .orElseGet(() -> SoloClusterView.idOf(cluster, node));
    }

    /** How members write down where a node is reached by others. */
    static String peerUrl(ClusterConfig nodes, HostPort address) {
        return (nodes.tls() == null ? "http://" : "https://") + address;
    }

    /** The configured nodes as members of the log, for the first primary to write down. */
    List<io.netsy.replication.model.Member> configured() {
        List<io.netsy.replication.model.Member> all = new ArrayList<>();
        peerUrls.forEach((name, urls) -> all.add(new io.netsy.replication.model.Member(
                SoloClusterView.idOf(cluster, name), name, urls, clientUrls.apply(name), false)));
        return all;
    }

    private Member shown(io.netsy.replication.model.Member member) {
        List<String> registered = member.isStarted() ? clientUrls.apply(member.name()) : List.of();
        return new Member(
                member.id(),
                member.name(),
                member.peerUrls(),
                registered.isEmpty() ? member.clientUrls() : registered,
                member.learner());
    }

    @Override
    public List<Member> members() {
        MemberState logged = book.members();
        if (!logged.isEmpty()) {
            return logged.members().values().stream().map(this::shown).toList();
        }
        List<Member> members = new ArrayList<>();
        peerUrls.forEach((name, urls) -> members.add(
                new Member(SoloClusterView.idOf(cluster, name), name, urls, clientUrls.apply(name), false)));
        members.sort(Comparator.comparing(Member::id, Long::compareUnsigned));
        return members;
    }
}
